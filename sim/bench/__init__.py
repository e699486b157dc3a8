"""How fast Chokepoint is, as ratios measured in one run: trust these, not the digits of one machine."""
