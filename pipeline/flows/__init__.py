"""Prefect moves work: thin flows, ids only."""
