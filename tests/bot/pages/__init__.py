"""Tests of bot/pages."""
