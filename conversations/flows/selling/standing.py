"""Whose case is meant, and what every flow of selling needs of it."""

from collections.abc import Sequence

from catalog.buyback import queries
from catalog.buyback.cases import CaseMissing
from catalog.buyback.queries import CaseStatus, PieceStatus
from catalog.buyback.stages import Stage
from catalog.duties.actors import Actor, Role
from catalog.ground.calendar import round_up_to
from conversations.flows.flow import Answer, Asked, person_button, tap
from conversations.messages import Button, Choices
from conversations.wording.selling.voice import SellingVoice, voice

ASKING = frozenset({Stage.INQUIRY, Stage.QUOTED, Stage.QUOTE_EXPIRED})
SENDABLE = frozenset({Stage.INQUIRY, Stage.QUOTED})
CHANGEABLE = frozenset({Stage.SUBMITTED, Stage.KIT_SENT})
WITHDRAWABLE = ASKING | CHANGEABLE | frozenset(
    {Stage.IN_TRANSIT, Stage.ARRIVED, Stage.APPRAISING, Stage.APPROVAL_PENDING}
)  # fmt: skip
_MOST = 10


def words(asked: Asked) -> SellingVoice:
    """What is said of selling, in the conversation's language."""
    return voice(asked.lang)


def seller(asked: Asked) -> Actor:
    """The customer, as the registers know who acts. Raises CaseMissing to somebody unknown."""
    if asked.customer is None:
        raise CaseMissing(asked.conversation)
    return Actor(asked.customer, Role.CUSTOMER)


def open_cases(asked: Asked) -> list[CaseStatus]:
    """The customer's cases that are not at an end, the latest change first."""
    if asked.customer is None:
        return []
    ids = queries.open_cases(asked.db, customer=asked.customer, limit=_MOST)
    return [queries.status(asked.db, each, customer=asked.customer) for each in ids]


def case_meant(asked: Asked, *, at: frozenset[Stage]) -> CaseStatus | None:
    """The case a button names, else the latest with a piece at one of these stages."""
    named = asked.slots.get("case")
    if named:
        return queries.status(asked.db, str(named), customer=seller(asked).id)
    return next((each for each in open_cases(asked) if pieces_at(each, at)), None)


def pieces_at(case: CaseStatus, stages: frozenset[Stage]) -> Sequence[PieceStatus]:
    """Its pieces that stand at one of these."""
    return [piece for piece in case.pieces if piece.stage in stages]


def titles(pieces: Sequence[PieceStatus]) -> list[str]:
    """What they are called, in order."""
    return [piece.title for piece in pieces]


def promised(asked: Asked) -> str:
    """By when a person of the shop answers, as it is told."""
    lead = asked.terms.answer_lead
    by = round_up_to(asked.hours.after_work(asked.now, lead), 5)
    return asked.voice.moment(by, now=asked.now)


def say(asked: Asked, text: str, *buttons: Button) -> Answer:
    """Words with what may be pressed next, a person last."""
    return Answer([Choices(text, (*buttons, person_button(asked)))], asked.memory)


def begin_button(asked: Asked) -> Button:
    """Ask for a price."""
    return Button(words(asked).button_begin(), data=tap("quote.start"))
