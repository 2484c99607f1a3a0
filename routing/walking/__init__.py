"""The network on foot, and which corners are within a walk."""
