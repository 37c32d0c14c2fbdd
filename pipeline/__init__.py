"""Polyvocal: the machine proposes, coders decide, nothing a coder decided is lost."""

__version__ = "0.1.0"
