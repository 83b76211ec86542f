// GroupChat: participants, conversation, speaker selection, termination, and the merge of a round.
