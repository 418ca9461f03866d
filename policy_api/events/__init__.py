"""The log of what happened: ordered, without gaps, for ever."""
