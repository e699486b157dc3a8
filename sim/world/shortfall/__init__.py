"""Why compute is missing: causes, the constraints above them, lateness, and the division."""
