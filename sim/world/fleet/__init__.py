"""What the lab holds: groups of chips at their sites, and their inventory."""
