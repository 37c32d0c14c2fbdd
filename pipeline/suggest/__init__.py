"""Vectors to clusters to named, ranked, explained candidate codes."""
