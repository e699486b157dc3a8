"""Figures: tables in, plotly's plain data out. One figure on a page."""
