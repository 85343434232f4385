"""Judgements in, the next move out: packs, probing policy, limits, phrasing."""
