"""From an event to its subscribers: filters, leases, attempts, and what receivers answered."""
