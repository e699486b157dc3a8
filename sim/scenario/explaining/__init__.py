"""What a scenario holds, for people and editors: provenance, reference, JSON Schema."""
