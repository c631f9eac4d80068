"""Wishes."""
