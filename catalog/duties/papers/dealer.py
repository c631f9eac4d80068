"""The dealer as papers name it (古物商の表示), from the terms in force."""

from sqlmodel import Session

from catalog.duties.papers.facts import Dealer
from catalog.duties.terms import DealerTerms
from catalog.ground import policy
from catalog.ground.errors import Refused


class DealerUnnamed(Refused):
    """A paper needs the dealer's name, address and licence. `keys`: terms that are empty."""

    def __init__(self, keys: list[str]) -> None:
        super().__init__(f"set {', '.join(keys)}")
        self.keys = keys


def dealer(db: Session) -> Dealer:
    """Who hands the paper over. Raises DealerUnnamed."""
    terms = policy.current(db).of(DealerTerms)
    needed = {
        "dealer.name": terms.name,
        "dealer.address": terms.address,
        "dealer.authority": terms.authority,
        "dealer.licence_no": terms.licence_no,
    }
    missing = [key for key, value in needed.items() if not value]
    if missing:
        raise DealerUnnamed(missing)
    return Dealer(
        name=terms.name,
        address=terms.address,
        authority=terms.authority,
        licence_no=terms.licence_no,
        representative=terms.representative,
        phone=terms.phone,
        email=terms.email,
        seller_number=terms.seller_number,
        complaints=terms.complaints or terms.phone,
    )
