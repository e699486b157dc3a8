"""From a YAML file to a checked, traced scenario, and from there to the start of its futures."""
