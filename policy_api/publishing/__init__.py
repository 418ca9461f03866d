"""Publishing: the act that turns a source into a release, in one transaction."""
