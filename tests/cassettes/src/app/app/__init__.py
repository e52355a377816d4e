"""Lendwell: a lending shelf for our street, on Python's standard library alone."""
