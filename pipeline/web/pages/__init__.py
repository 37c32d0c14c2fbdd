"""The pages, a file each: what it shows, and the acts that can be done on it."""
