"""Tests of the simulator and its stand-in platform."""
