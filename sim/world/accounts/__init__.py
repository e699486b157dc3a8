"""What a future leaves behind: its starting position, its performance, its books."""
