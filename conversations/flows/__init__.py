"""Flows (応対の流れ): what the bot does about one kind of wish."""
