"""Dialogue (取り次ぎ): flows that need a person."""
