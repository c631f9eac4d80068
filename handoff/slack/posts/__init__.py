"""What the staff's channel on Slack is told once (チャンネルへのお知らせ)."""
