"""Bodies at full strength of compression, made in the background after each publication."""
