"""The API: parse, one command or one search, render."""
