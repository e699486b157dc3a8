"""Search: plans that do well in all scenarios, over many objectives."""
