"""Client book (顧客カルテ): all of one customer beside the chat, and what is planned next."""
