"""Wording (文言): every sentence the chat says, one module a language."""
