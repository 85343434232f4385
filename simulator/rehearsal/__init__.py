"""The conductor of a running session: one asyncio loop that wires the rooms together."""
