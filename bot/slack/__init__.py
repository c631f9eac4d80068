"""Slack, the channel of retailers: hearing, speaking and its set-up. What staff see there is
`handoff/slack`.
"""
