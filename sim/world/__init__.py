"""The world: a folder for each domain, each importing only from those before it, on a ground of short pages.

hardware, shortfall, geopolitics, supply, workloads, fleet, company, purchasing, accounts; then course, where `future`
is the state and `events` the table of contents.
"""
