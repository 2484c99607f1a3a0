"""Names, addresses, sites, and what is public of a home."""
