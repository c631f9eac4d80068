"""Paying people (送金): accounts, the day's list, the bank's file, and what came of it."""
