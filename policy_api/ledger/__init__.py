"""Everything ever published. Rows are added and never changed."""
