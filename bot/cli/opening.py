"""What every command begins with: settings, logs, the composed shop, and a database that is up to
date.
"""

import contextlib
from collections.abc import Iterator

from bot import logs
from bot.app import Shop, compose
from bot.migrations.history import need_current
from bot.settings import Settings, load


def settings(*, log_level: str | None = None) -> Settings:
    """Read the settings and begin to log. Raises SettingMalformed."""
    read = load()
    logs.configure(log_level or read.log_level)
    return read


@contextlib.contextmanager
def shop(*, log_level: str = "warning") -> Iterator[Shop]:
    """The composed shop for one command, closed afterwards. Raises DatabaseBehind when not
    migrated.
    """
    opened = compose(settings(log_level=log_level))
    try:
        need_current(opened.database)
        yield opened
    finally:
        opened.close()
