"""What was captured (撮影物): blobs, assets, what they show, and the tray of those nobody could
match.
"""
