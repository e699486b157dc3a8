"""From a scenario file to a folder of results."""
