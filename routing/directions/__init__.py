"""What a driver does on the way, in words; and why there is no way."""
