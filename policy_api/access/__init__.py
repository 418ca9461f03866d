"""Who may do what, and who did: tokens, the audit log, remembered answers."""
