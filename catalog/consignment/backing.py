"""The binding offer a guaranteed price rests on (買取保証の裏付け, CON-5): approved, sent, still
the shop's word, and not over.

An offer the customer declined in order to consign still stands behind the guarantee; one that was
withdrawn, replaced or sold at does not.
"""

from datetime import datetime

from sqlmodel import Session

from catalog.buyback.inquiry import QuoteState
from catalog.buyback.rules import QuoteKind, expires_at
from catalog.buyback.tables import Quote
from catalog.consignment.tables import Contract
from catalog.ground.errors import Refused
from catalog.ground.money import Yen

# Expired: not answered in time; which moments were in time its last day says.
_STANDS = frozenset({QuoteState.OPEN, QuoteState.DECLINED, QuoteState.EXPIRED})


class GuaranteeUnbound(Refused):
    """No binding offer of that amount was approved and sent, or it is over. `amount`,
    `quote_id`.
    """

    def __init__(self, amount: Yen, quote_id: str | None) -> None:
        super().__init__(f"{amount} is not what {quote_id} binds the shop to")
        self.amount = amount
        self.quote_id = quote_id


def binds(quote: Quote, at: datetime) -> bool:
    """Whether this offer bound the shop at that moment."""
    return (
        quote.kind == QuoteKind.BINDING.value
        and quote.amount is not None
        and quote.sent_at is not None
        and quote.state in _STANDS
        and (quote.valid_through is None or at < expires_at(quote.valid_through))
    )


def need_bound(db: Session, amount: int | None, quote_id: str | None, at: datetime) -> None:
    """A guaranteed price is what such an offer says; none needs none. Raises GuaranteeUnbound."""
    if amount is None:
        return
    quote = db.get(Quote, quote_id, populate_existing=True) if quote_id else None
    if quote is None or quote.amount != amount or not binds(quote, at):
        raise GuaranteeUnbound(Yen(amount), quote_id)


def is_over(db: Session, contract: Contract, at: datetime) -> bool:
    """Whether what was proposed can no longer be agreed to: its guarantee has lost its offer."""
    try:
        need_bound(db, contract.guarantee_amount, contract.quote_id, at)
    except GuaranteeUnbound:
        return True
    return False
