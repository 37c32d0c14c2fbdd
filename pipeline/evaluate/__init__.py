"""Polyvocal measured against what human coders did with the same talk."""
