"""The way of a ticket (対応状況): which move leads from which state to which, and who is brought in
when nobody comes. Pure.

    bot → waiting → claimed ⇄ snoozed
              ↑ ←──── │ gives back, or is silent too long
              │       ↓
              └── closed: the bot goes on; called again soon, the same ticket opens anew
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum

from catalog.ground.calendar import ShopHours
from catalog.ground.errors import Refused
from catalog.ground.policy import flag, term, whole
from handoff.desk.tables import TicketState


class Move(StrEnum):
    """What can be done with a ticket; each is one command and one row of the journal."""

    CLAIM = "claim"
    ASSIGN = "assign"
    GIVE_BACK = "give_back"
    SNOOZE = "snooze"
    WAKE = "wake"
    CLOSE = "close"
    REOPEN = "reopen"


_W, _C, _S, _X = (
    TicketState.WAITING, TicketState.CLAIMED, TicketState.SNOOZED, TicketState.CLOSED,
)  # fmt: skip
MOVES: Mapping[tuple[TicketState, Move], TicketState] = {
    (_W, Move.CLAIM): _C,
    (_W, Move.ASSIGN): _C,
    (_C, Move.ASSIGN): _C,
    (_S, Move.ASSIGN): _C,
    (_C, Move.GIVE_BACK): _W,
    (_S, Move.GIVE_BACK): _W,
    (_C, Move.SNOOZE): _S,
    (_S, Move.WAKE): _C,
    (_W, Move.CLOSE): _X,
    (_C, Move.CLOSE): _X,
    (_S, Move.CLOSE): _X,
    (_X, Move.REOPEN): _W,
}
HELD = frozenset({TicketState.CLAIMED, TicketState.SNOOZED})


class NoSuchMove(Refused):
    """That cannot be done with a ticket in this state. `state`, `move`."""

    def __init__(self, state: TicketState, move: Move) -> None:
        super().__init__(f"a ticket that is {state} cannot {move}")
        self.state = state
        self.move = move


def moved(state: TicketState, move: Move) -> TicketState:
    """Where the move leads. Raises NoSuchMove."""
    after = MOVES.get((state, move))
    if after is None:
        raise NoSuchMove(state, move)
    return after


class Level(IntEnum):
    """Who is told that somebody waits (R-156)."""

    STAFF = 0  # whoever fits: the own adviser, else skill and brand, else who is there
    LEAD = 1
    MANAGER = 2


@dataclass(frozen=True, slots=True)
class DeskTerms:
    """How long a ticket may lie. All of it is working time."""

    lead_after: int = term(
        "desk.lead_after", 3, whole(1, 600), "minutes nobody claims until the lead is told"
    )
    manager_after: int = term(
        "desk.manager_after", 10, whole(1, 600), "minutes nobody claims until the manager is told"
    )
    silent_after: int = term(
        "desk.silent_after",
        20,
        whole(1, 600),
        "minutes the owner leaves a message unanswered until the ticket goes back to the queue",
    )
    returns_silent: bool = term(
        "desk.returns_silent", True, flag, "whether it goes back; otherwise it only alarms"
    )
    top_client_from: int = term(
        "desk.top_client_from",
        3_000_000,
        whole(),
        "yen of purchases from which a customer is served first; 0: purchases make nobody so",
    )
    anew_within: int = term(
        "desk.anew_within",
        72,
        whole(0, 10_000),
        "hours after its end in which a new call opens the same ticket, for the same person",
    )


def is_owed(kept_at: datetime | None, *, at: datetime) -> bool:
    """Whether the words promised have not left by then. A reply that waits for its hour keeps the
    promise when that has come.
    """
    return kept_at is None or kept_at > at


def rises_at(terms: DeskTerms, level: Level, waits_since: datetime, hours: ShopHours) -> datetime:
    """When a ticket nobody has claimed comes to that level."""
    minutes = terms.lead_after if level is Level.LEAD else terms.manager_after
    return hours.after_work(waits_since, timedelta(minutes=minutes))


def silent_at(terms: DeskTerms, unanswered_since: datetime, hours: ShopHours) -> datetime:
    """When the owner has been silent for too long."""
    return hours.after_work(unanswered_since, timedelta(minutes=terms.silent_after))
