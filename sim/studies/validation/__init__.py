"""Validation: what the model should reproduce, and what its mechanisms move."""
