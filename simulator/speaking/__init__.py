"""Words in, sound out: voices and the player."""
