"""What a run, or several compared, say: the answer, its sentences and tables."""
