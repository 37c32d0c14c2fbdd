"""Findings a reader can check, offline, in one file."""
