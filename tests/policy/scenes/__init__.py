"""Everything in every state, made by the commands that people use."""
