"""What staff can do on Slack, in shapes of our own (スタッフの操作). Slack's JSON is read in
`bot/slack`; what each means is in `handling`.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Person:
    """Who did it, by Slack's id. `is_ours`: of the shop's own workspace."""

    user: str
    is_ours: bool


@dataclass(frozen=True, slots=True)
class Turn:
    """What is said in one thread (`place`) is done in the order of Slack's own stamps (`ts`)."""

    place: str
    ts: str


@dataclass(frozen=True, slots=True)
class Pressed:
    """A button with a ticket behind it. `thread` None: on the app's own page. `trigger` opens one
    window, within three seconds.
    """

    key: str
    person: Person
    act: str
    ticket: str
    trigger: str
    channel: str | None
    thread: str | None


@dataclass(frozen=True, slots=True)
class Submitted:
    """A window was sent off. `at_home`: it was opened on the app's own page."""

    key: str
    person: Person
    view: str
    ticket: str
    text: str = ""
    files: tuple[str, ...] = ()
    until: str | None = None
    day: str | None = None
    clock: str | None = None
    at_home: bool = False


@dataclass(frozen=True, slots=True)
class Wrote:
    """Somebody wrote in a thread of the channel."""

    key: str
    person: Person
    channel: str
    thread: str
    ts: str
    text: str
    files: tuple[str, ...] = ()

    @property
    def turn(self) -> Turn:
        """Where it comes in its thread."""
        return Turn(f"{self.channel}:{self.thread}", self.ts)


@dataclass(frozen=True, slots=True)
class Altered:
    """What stands there was edited (`text`: what it says now) or deleted (None) at `at`."""

    key: str
    channel: str
    thread: str
    ts: str
    at: str
    text: str | None

    @property
    def turn(self) -> Turn:
        """Where it comes in its thread."""
        return Turn(f"{self.channel}:{self.thread}", self.at)


@dataclass(frozen=True, slots=True)
class CameHome:
    """Somebody opened the app's own page."""

    key: str
    person: Person


@dataclass(frozen=True, slots=True)
class Commanded:
    """A slash command."""

    person: Person
    command: str
    text: str


Gesture = Pressed | Submitted | Wrote | Altered | CameHome
