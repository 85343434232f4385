"""Sound in, words out: sources, echo, voice activity, recognizer, word stream, end of turn."""
