"""What is planned and ordered, and which constraint keeps how much from being ordered."""
