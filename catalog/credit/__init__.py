"""Store credit (ストアクレジット): lots, holds, entries, and what is owed by when."""
