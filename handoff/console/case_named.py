"""Which case, piece or quote a form of the case pages names (案件の指定): of another case there is
none.
"""

from collections.abc import Callable, Mapping, Sequence

from sqlmodel import Session, col, select

from catalog.buyback import queries
from catalog.buyback.cases import CaseMissing
from catalog.buyback.tables import BuybackCase, CasePiece, Quote
from handoff.console.door import Visit

# One step of a case: its number, who presses, and what they typed.
Step = Callable[[Session, str, Visit, Mapping[str, str]], object]


def case_of(db: Session, no: str) -> BuybackCase:
    """Raises CaseMissing."""
    case_id = queries.by_number(db, no)
    if case_id is None:
        raise CaseMissing(no)
    return db.get_one(BuybackCase, case_id)


def pieces_of(db: Session, case: BuybackCase) -> Sequence[CasePiece]:
    """Its pieces in order."""
    return db.exec(
        select(CasePiece).where(CasePiece.case_id == case.id).order_by(col(CasePiece.number))
    ).all()


def piece_in(db: Session, no: str, form: Mapping[str, str]) -> CasePiece:
    """The piece of this case that the form names. Raises CaseMissing."""
    piece = db.get(CasePiece, form.get("piece", ""))
    if piece is None or piece.case_id != case_of(db, no).id:
        raise CaseMissing(no)
    return piece


def quote_in(db: Session, no: str, form: Mapping[str, str]) -> str:
    """The quote of this case that the form names. Raises CaseMissing."""
    quote = db.get(Quote, form.get("quote", ""))
    if quote is None or quote.case_id != case_of(db, no).id:
        raise CaseMissing(no)
    return quote.id
