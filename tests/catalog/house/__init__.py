"""The whole house at once: every register under random commands."""
