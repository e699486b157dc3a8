"""Chips, and the software stacks that run them."""
