"""Understanding (意図解釈): what a message may mean, offline first."""
