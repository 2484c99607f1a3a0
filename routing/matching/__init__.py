"""Which offers take a request along, exactly: equations, scan, ranking, and the live index."""
