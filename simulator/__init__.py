"""A spoken mock interview that asks the follow-ups, until it has found the limit of the story."""

__version__ = "0.1.0"
