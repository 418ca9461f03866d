"""Variants: what one site shows of a policy, and which layer each part came from."""
