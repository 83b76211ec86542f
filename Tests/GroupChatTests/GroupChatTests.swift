// Tests of GroupChat.
