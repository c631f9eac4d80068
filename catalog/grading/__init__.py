"""Grading (状態評価): which grade a unit was given, when and by whom."""
