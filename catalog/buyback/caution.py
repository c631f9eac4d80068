"""What takes a range out of the bot's hands (注意すべき点): facts of the registers about a piece
and its seller (QUO-6).

Not here: a counterfeit, which only a person suspects.
"""

from collections.abc import Sequence
from datetime import date

from sqlmodel import Session

from catalog.buyback.rules import Flag
from catalog.buyback.tables import BuybackCase, CasePiece
from catalog.customers.tables import Customer
from catalog.duties.notices.matching import is_wanted_serial
from catalog.duties.rules import may_sell
from catalog.duties.terms import DutyTerms
from catalog.ground import policy


def flags_of(db: Session, piece_id: str, *, is_serial_blurred: bool, on: date) -> Sequence[Flag]:
    """The flags of a piece on that Tokyo day. `is_serial_blurred`: its picture cannot be read."""
    piece = db.get_one(CasePiece, piece_id)
    case = db.get_one(BuybackCase, piece.case_id)
    birthday = db.get_one(Customer, case.customer_id).birthday
    flags = []
    if is_serial_blurred and piece.serial is None:
        flags.append(Flag.SERIAL_UNREADABLE)
    if piece.serial is not None and is_wanted_serial(db, piece.serial, today=on):
        flags.append(Flag.STOLEN_MATCH)
    terms = policy.at(db, case.policy_version).of(DutyTerms)
    if birthday is not None and not may_sell(terms, birthday, on):
        flags.append(Flag.MINOR)
    return flags
