"""Questions put to outcome tables: measures, bottlenecks, findings. Nothing here runs a future."""
