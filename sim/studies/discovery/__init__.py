"""Scenario discovery: in which part of the inputs a target is missed."""
