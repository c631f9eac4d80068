"""The shop's terms about the law's duties: what it does beyond them, and who the dealer is on
papers.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from catalog.duties.seller_numbers import checked_number
from catalog.ground.policy import flag, term, whole

_LONGEST = 200


def day(value: Any) -> date:
    """`YYYY-MM-DD`."""
    if not isinstance(value, str):
        raise ValueError(f"YYYY-MM-DD is wanted, not {value!r}")
    return date.fromisoformat(value)


def words(value: Any) -> str:
    """One line of text; empty: not told yet."""
    if not isinstance(value, str) or len(value) > _LONGEST or any(ord(each) < 32 for each in value):
        raise ValueError(f"a line of at most {_LONGEST} characters is wanted")
    return value.strip()


def seller_number(value: Any) -> str:
    """T and 13 digits with a right check digit, or empty (INV-1)."""
    told = words(value)
    return checked_number(told) if told else ""


@dataclass(frozen=True, slots=True)
class DutyTerms:
    """House rules on top of the law; they may be stricter, never laxer (KOB-1, KOB-2, KOB-7)."""

    identity_always: bool = term(
        "kob.identity_always", True, flag, "identity is checked also where the law exempts"
    )
    ledger_always: bool = term(
        "kob.ledger_always", True, flag, "sales enter the ledger also where the law exempts"
    )
    seller_age: int = term(
        "kob.seller_age", 18, whole(18, 100), "years a seller must have; 18 or more"
    )
    retain_months: int = term(
        "kob.retain_months", 36, whole(36, 600), "months a ledger row is kept; 36 or more"
    )
    cash_limit: int = term(
        "aml.cash_limit",
        2_000_000,
        whole(0, 2_000_000),
        "yen in cash above which a contract needs due diligence; 2,000,000 or less",
    )
    return_days: int = term(
        "ret.days", 8, whole(8, 365), "days of the return window, the day of delivery counted"
    )
    image_checks_through: date = term(
        "kob.image_checks_through",
        "2027-03-31",
        day,
        "YYYY-MM-DD, the last day an identity check may rest on pictures of a document",
    )
    reuse_days: int = term(
        "kob.reuse_days", 365, whole(0, 3_650), "days a check serves later deals; 0: that day only"
    )
    takes_cash_above_limit: bool = term(
        "aml.takes_cash_above_limit", False, flag, "cash above the limit is taken, with diligence"
    )


@dataclass(frozen=True, slots=True)
class DealerTerms:
    """Who the dealer is, as papers and displays say it."""

    name: str = term("dealer.name", "", words, "name or company name")
    representative: str = term("dealer.representative", "", words, "who represents it")
    address: str = term("dealer.address", "", words, "address")
    phone: str = term("dealer.phone", "", words, "telephone number")
    email: str = term("dealer.email", "", words, "e-mail address")
    authority: str = term(
        "dealer.authority", "", words, "the public safety commission that gave the licence"
    )
    licence_no: str = term("dealer.licence_no", "", words, "number of the dealer's licence")
    seller_number: str = term(
        "dealer.seller_number", "", seller_number, "registration number for invoices, T and digits"
    )
    complaints: str = term(
        "dealer.complaints", "", words, "where complaints about credit go; empty: the telephone"
    )
