"""A crash campaign: people book while processes and the database are killed, then a checker reads what was promised."""
