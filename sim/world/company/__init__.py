"""The lab as a company: its ledger, capital, financing rounds and people."""
