"""What `akashi doctor` sees of one thing, and what to press: the words of each channel's doctor."""

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """How a thing stands."""

    OK = "ok"
    WARN = "warn"
    BAD = "bad"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at.

    `what_to_do` says what was seen and what to press; a plain remark when all is well.
    """

    name: str
    state: State
    what_to_do: str
