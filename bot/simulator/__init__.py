"""A chat page that looks like LINE and the stand-in platform behind it, for the demo and for tests.

The product is not aware of it: webhooks come in signed at `/line/webhook`, letters go out through
the production sender with its base addresses switched to `/simulator/line`.
"""
