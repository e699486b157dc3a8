"""From a YAML file to a checked, traced scenario; `load` is the one door."""
