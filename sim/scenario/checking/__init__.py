"""From a tree to a scenario: every problem found, and what looks like a slip."""
