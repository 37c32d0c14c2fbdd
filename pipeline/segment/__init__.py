"""Turns to segments, and which guide question each turn answers."""
