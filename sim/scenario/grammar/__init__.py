"""What may be written in a scenario: its keys, and the small languages of their values."""
