"""Ways to reach a subscriber, one file each."""
