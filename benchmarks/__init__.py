"""Measurements against what people would otherwise run."""
