"""The study database: the truth."""
