"""One future told: what happened in it, and on which day."""
