"""Files that results are kept in, written so that a crash leaves none half done."""
