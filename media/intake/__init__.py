"""How captures come in: hot folders, the command line, photographed tags, tasks that wait for them,
sent files.
"""
