"""The climate between two governments, their rules, licences and customs."""
