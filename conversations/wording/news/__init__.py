"""What the shop says when it speaks first (お知らせ): steps of a deal, reminders, follow-ups."""
