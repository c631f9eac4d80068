"""Tests of store credit."""
