"""Messages the shop starts (お知らせ): due facts as letters, each once, all through one gate."""
