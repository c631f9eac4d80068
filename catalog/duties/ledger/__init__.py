"""The dealer's ledger (古物台帳): entering, correcting, printing."""
