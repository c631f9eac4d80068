"""The five kinds of error a person or an outside system may be answered with.

    ShopError
    ├─ Missing       not there, or not yours: one answer for both
    ├─ Refused       a rule of the shop says no
    ├─ Stale         someone else changed it first
    ├─ Malformed     outside data has the wrong shape
    └─ Unavailable   an outside system did not answer

Subjects subclass the kind beside their verb, with typed attributes. The message is for the log;
sentences for customers live only in `conversations/wording`. What each edge does with a kind is in
`bot/answers.py`. Everything that is not a ShopError is a bug.
"""


class ShopError(Exception):
    """Something the shop can answer for. Never raised itself, only its kinds."""


class Missing(ShopError):
    """Not there, or not yours: both must look the same from outside."""


class Refused(ShopError):
    """A rule of the shop says no."""


class Stale(ShopError):
    """Someone else changed it first; look again."""


class Malformed(ShopError):
    """Outside data has the wrong shape."""


class Unavailable(ShopError):
    """An outside system (disk, database, platform, program) did not answer; try later."""
