"""Outbox (送信箱): letters to people, each with everything a safe repeat needs."""
