"""Jobs: one page for each thing a user asks for, from scenario files to a folder of results."""
