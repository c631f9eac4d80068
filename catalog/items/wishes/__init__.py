"""Wishes (探し物): what somebody looks for and wants to hear of when it comes in."""
