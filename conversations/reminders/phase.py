"""What a phase is: why it is told, what it says, and how long it is of use."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from catalog.ground.calendar import at_tokyo
from conversations.messages import Letter
from conversations.reminders.gate import Kind
from conversations.reminders.sheet import Sheet

Told = Sequence[Letter] | None  # None: it is not so any more, nothing is told
Tell = Callable[[Sheet], Told]


@dataclass(frozen=True, slots=True)
class Phase:
    """`through`: the name of the fact that is the last day it is of any use on; `before`: of the
    fact that is the moment from which on it is of none; `lasts`: how long what it says of the
    shop's prices is held to be true. `overtakes`: phases about the same thing of which nothing that
    has not left does, once this is told.
    """

    kind: Kind
    tell: Tell
    through: str | None = None
    before: str | None = None
    lasts: timedelta | None = None
    overtakes: tuple[str, ...] = ()

    def useful_until(self, sheet: Sheet) -> datetime | None:
        """The moment from which on it would say something that is over."""
        if self.before is not None:
            return sheet.maybe_moment(self.before)
        if self.lasts is not None:
            return sheet.now + self.lasts
        day = sheet.maybe_day(self.through) if self.through is not None else None
        return at_tokyo(day + timedelta(days=1)) if day is not None else None


Phases = Mapping[str, Phase]
