"""Widgets that several screens share; each draws what it is given and holds nothing that matters."""
