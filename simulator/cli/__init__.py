"""The command line; nothing heavy is imported before it is needed."""
