"""Changes: what differs between two states of a policy, and how much that matters."""
