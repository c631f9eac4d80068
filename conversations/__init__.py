"""Understands: messages, inbox and outbox, threads, understanding, flows and wording."""
