"""What the shop says to its own people on Slack, in Japanese and English."""
