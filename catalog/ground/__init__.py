"""What every floor shares, a closed list of nine modules: errors money calendar record session
worklist journal policy lines.
"""
