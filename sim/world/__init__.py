"""The world: one page for each domain. `events` is the table of contents; `future` is the state."""
