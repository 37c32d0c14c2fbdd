"""Segments to vectors, only those not yet known."""
