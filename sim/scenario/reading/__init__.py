"""From files to one tree: what a file extends and overrides, facts, and grounds."""
