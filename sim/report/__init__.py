"""The report: findings and monthly series in, one self-contained HTML page out."""
