"""How a future runs: its happenings, its record, and the order of its events."""
