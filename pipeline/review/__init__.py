"""Worklists and deciding, from the command line and by spreadsheet."""
