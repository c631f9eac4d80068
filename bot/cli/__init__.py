"""The command line (`akashi`)."""
