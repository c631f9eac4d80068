"""Membership (会員): link, own page, notices, language, own data, tastes, the mail with a code."""
