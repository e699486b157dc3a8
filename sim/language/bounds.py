"""How much may be asked for at once: beyond these a slip of the keyboard is likelier than a wish."""

MOST_FUTURES = 10_000_000
"""Of one run, or of one point of a study; their outcomes fill eleven gigabytes."""

MOST_POINTS = 100_000
"""Of one study."""

MOST_WORKERS = 1024
