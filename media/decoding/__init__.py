"""The only place that opens pictures and films: a look at the first bytes, then a child process
under limits.
"""
