"""Papers a dealer hands over or shows (帳票), as printable pages."""
