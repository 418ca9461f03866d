"""Planning: what a release would do, worked out before anything is stored."""
