"""The language the world and its scenarios are written in: units, dates, distributions, declarations, luck."""
