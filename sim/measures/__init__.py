"""Measures of futures, how well they are known, and the words and gates they are said in."""
