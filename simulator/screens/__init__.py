"""The terminal interface, one file a screen."""
