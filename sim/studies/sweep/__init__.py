"""Sweep: points of a design, times scenarios, times policies."""
