"""Sensitivity: which assumptions move a measure, and where the answer tips."""
