"""What is said of holds, links to pass on, news of pieces, and to the people of retailers."""
