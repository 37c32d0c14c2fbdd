"""File to Transcript, with an account of every character; one reader per format."""
