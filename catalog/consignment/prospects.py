"""What consigning a piece would bring beside selling it to the shop (買取と委託の比較): both told
before anything is chosen (R-040, R-067, R-068).

Reckoned from the price the shop expects; nothing here binds anybody. Not here: the contract.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlmodel import Session

from catalog.buyback.cases import CaseMissing
from catalog.buyback.tables import Quote
from catalog.consignment import rules
from catalog.consignment.terms import ConsignmentTerms
from catalog.ground import policy
from catalog.ground.money import Yen


@dataclass(frozen=True, slots=True)
class Prospect:
    """A consignment that could be. `high`: the first price; `low`: after every agreed step down,
    if nobody buys before; `payout_low`, `payout_high`: what the consignor would get. `guarantee`:
    the binding offer, good all term. Not `is_eligible`: below `least_price` the shop only buys.
    """

    is_eligible: bool
    least_price: Yen
    low: Yen
    high: Yen
    rate_bps: int
    payout_low: Yen
    payout_high: Yen
    guarantee: Yen | None
    term_days: int


def prospect(terms: ConsignmentTerms, expected: Yen, *, guarantee: Yen | None) -> Prospect:
    """What the terms make of a price the shop expects (CON-1, CON-3, CON-6, CON-8)."""
    start = date(2000, 1, 1)  # which day makes no difference to the steps
    end = start + timedelta(days=terms.term_days)
    low = rules.list_price_on(
        terms, start_on=start, initial=expected, least=Yen(0), guarantee=guarantee, day=end
    ).price
    high_payout = rules.consignment_payout(terms, expected)
    return Prospect(
        is_eligible=rules.is_eligible(terms, expected),
        least_price=Yen(terms.least_price),
        low=low,
        high=expected,
        rate_bps=high_payout.rate_bps,
        payout_low=rules.consignment_payout(terms, low).payout,
        payout_high=high_payout.payout,
        guarantee=guarantee,
        term_days=terms.term_days,
    )


def beside(db: Session, quote_id: str) -> Prospect:
    """Beside an offer or a range of the shop; the first price is the one the quote expects. Raises
    CaseMissing.
    """
    quote = db.get(Quote, quote_id)
    if quote is None:
        raise CaseMissing(quote_id)
    terms = policy.at(db, quote.policy_version).of(ConsignmentTerms)
    guarantee = Yen(quote.amount) if quote.amount is not None else None
    return prospect(terms, Yen(quote.result["expected"]), guarantee=guarantee)
