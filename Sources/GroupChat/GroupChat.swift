// GroupChat: participants, conversation, speaker selection, termination, and the merge of a round.
//
// A chat knows no model and no file system. Whoever runs one brings participants, a merger for text and
// a closure that carries out what a round has decided. The conversation is the same whatever the timing.
