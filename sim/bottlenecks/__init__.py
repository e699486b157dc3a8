"""Why compute is missing, and what would help: shares, removals, relief, survival."""
