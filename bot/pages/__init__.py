"""Pages for customers (お客様の画面): linking a chat, one's own page, taking data along."""
