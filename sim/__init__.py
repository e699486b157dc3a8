"""Chokepoint: a discrete-event simulation of an AI lab's compute supply under geopolitical risk."""
