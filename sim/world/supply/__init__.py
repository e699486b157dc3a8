"""What there is to be had: foundries and their tools, vendors' allocation, offers on the market."""
