"""Engines that run the world's functions: under SimPy and compiled; the runner; the store of results."""
