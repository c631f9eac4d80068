"""Telling people of the shop something while nobody looks at the console (プッシュ通知): the
browsers they chose for it, what is due to be told there, and the port to push services.
"""
