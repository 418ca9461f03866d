"""How anyone can check that what was published is still what is served."""
