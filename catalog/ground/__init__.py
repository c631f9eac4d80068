"""What every floor shares, a closed list of eight modules: errors money calendar record session
worklist journal policy.
"""
