"""From a checked scenario to what the engines run: a record, and draws of its inputs."""
