"""Approved codes onto the guide's questions, and proposed themes."""
