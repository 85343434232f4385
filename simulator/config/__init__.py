"""Settings (file, environment, flags) and paths."""
