"""What compute is wanted for: training campaigns and serving, and how they share a fleet."""
