"""What is said of pieces: what there is, what it costs, how it was graded, what is like it."""
