"""Buyback (買取): quotes, offers, approvals, cases, payouts."""
