"""Where bytes are kept: originals written once, renditions that can be made again, files people
sent.
"""
