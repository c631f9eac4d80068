"""Condition reports (状態報告書) and the certificate made from one (状態証明)."""
