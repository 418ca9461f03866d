"""HTTP for every room: hosts, problems, negotiation, caching, headers, documentation."""
