"""Studies, a folder each: what is computed, the job that runs it, its results and its page."""
