"""Trains the weights of the embedded judge; needs torch, which the program itself does not."""
