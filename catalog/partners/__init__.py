"""Partners (取引先, retailers): firms that may look at granted pieces."""
