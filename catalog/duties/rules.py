"""The trade's law as pure decisions (古物営業法・犯収法・特商法・個人情報保護法): what is required,
until when.

Not here: prepaid instruments (`prepaid`), and what is written when a duty is met (`actions`).
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from catalog.duties.terms import DutyTerms
from catalog.ground.calendar import add_months, at_tokyo, tokyo_day
from catalog.ground.errors import Malformed
from catalog.ground.money import Yen


class ItemKind(StrEnum):
    """Kinds of goods as the law tells them apart."""

    WATCH = "watch"
    DIAMOND = "diamond"
    BAG = "bag"
    APPAREL = "apparel"
    JEWELRY = "jewelry"
    GOLD = "gold"
    ART = "art"
    WATCH_JEWELRY = "watch_jewelry"  # set with gems or in precious metal
    WATCH_NOT_JEWELRY = "watch_not_jewelry"
    BOOK = "book"
    CD_DVD_BD = "cd_dvd_bd"
    GAME_SOFTWARE = "game_software"
    MOTORCYCLE = "motorcycle"
    MOTORCYCLE_PART = "motorcycle_part"
    AIRCON_OUTDOOR_UNIT = "aircon_outdoor_unit"
    HEAT_PUMP_UNIT = "heat_pump_unit"
    ELECTRIC_WIRE = "electric_wire"
    METAL_GRATING = "metal_grating"


class Deal(StrEnum):
    """What brings goods in."""

    BUYBACK = "buyback"
    CONSIGNMENT = "consignment"
    EXCHANGE = "exchange"


class Channel(StrEnum):
    """How goods come to the shop."""

    MAIL_IN = "mail_in"  # 宅配
    HOME_VISIT = "home_visit"  # 出張
    STORE_DROP = "store_drop"  # 持込


class Means(StrEnum):
    """How money moves."""

    CASH = "cash"
    BANK = "bank"
    CARD = "card"
    CREDIT = "credit"


class DatesContradict(Malformed):
    """Two dates that cannot stand in this order."""


LEGAL_FLOOR = 10_000  # yen; below it the law lets some records go
NO_FLOOR = frozenset(
    {
        ItemKind.MOTORCYCLE,
        ItemKind.MOTORCYCLE_PART,
        ItemKind.GAME_SOFTWARE,
        ItemKind.CD_DVD_BD,
        ItemKind.BOOK,
        ItemKind.AIRCON_OUTDOOR_UNIT,
        ItemKind.HEAT_PUMP_UNIT,
        ItemKind.ELECTRIC_WIRE,
        ItemKind.METAL_GRATING,
    }
)
_SALE_IN_LEDGER = frozenset(
    {
        ItemKind.ART,
        ItemKind.WATCH,
        ItemKind.WATCH_JEWELRY,
        ItemKind.WATCH_NOT_JEWELRY,
        ItemKind.DIAMOND,
        ItemKind.JEWELRY,
        ItemKind.GOLD,
        ItemKind.MOTORCYCLE,
    }
)
_PRECIOUS = frozenset({ItemKind.DIAMOND, ItemKind.JEWELRY, ItemKind.GOLD, ItemKind.WATCH_JEWELRY})


@dataclass(frozen=True, slots=True)
class Requirement:
    """What the law asks and what the house asks on top."""

    by_law: bool
    by_house: bool

    @property
    def holds(self) -> bool:
        """Whether it must be done at all."""
        return self.by_law or self.by_house


def identity_required(
    terms: DutyTerms,
    *,
    total: Yen,
    kinds: Collection[ItemKind],
    is_own_sale_bought_back: bool,
) -> Requirement:
    """Whether the seller's or consignor's identity must be checked (KOB-1). `total`: of one deal,
    never of one piece.
    """
    by_law = not is_own_sale_bought_back and (total >= LEGAL_FLOOR or bool(NO_FLOOR & {*kinds}))
    return Requirement(by_law, terms.identity_always)


def ledger_row_required(terms: DutyTerms, *, kind: ItemKind, price: Yen) -> Requirement:
    """Whether a sale must be entered in the dealer's ledger (KOB-2)."""
    return Requirement(kind in _SALE_IN_LEDGER and price >= LEGAL_FLOOR, terms.ledger_always)


def retain_ledger_through(terms: DutyTerms, entered_on: date) -> date:
    """The last day a ledger row must be kept (KOB-3)."""
    return add_months(entered_on, terms.retain_months)


def retain_notice_through(arrived_on: date) -> date:
    """The last day a stolen-goods notice (品触れ) is kept and matched (KOB-4)."""
    return add_months(arrived_on, 6)


LONGEST_POLICE_HOLD = timedelta(days=30)  # KOB-5


def recovery_within(*, stolen_on: date, claimed_on: date) -> bool:
    """Whether the victim may still take a stolen piece back free of charge (KOB-6)."""
    if claimed_on < stolen_on:
        raise DatesContradict("a claim before the theft")
    return claimed_on <= add_months(stolen_on, 12)


def age_on(born_on: date, day: date) -> int:
    """Full years on that day; the birthday itself counts (KOB-7)."""
    if day < born_on:
        raise DatesContradict("a day before the birth")
    return day.year - born_on.year - ((day.month, day.day) < (born_on.month, born_on.day))


def may_sell(terms: DutyTerms, born_on: date, day: date) -> bool:
    """Whether somebody of that age may sell without a guardian (KOB-7)."""
    return age_on(born_on, day) >= terms.seller_age


@dataclass(frozen=True, slots=True)
class Diligence:
    """The cash of one contract, and whether due diligence is needed (AML-1)."""

    cash: Yen
    is_required: bool


def is_precious(kind: ItemKind) -> bool:
    """Whether the kind is among precious metals, gems and their products (AML-1)."""
    return kind in _PRECIOUS


def aml_required(
    terms: DutyTerms, *, kind: ItemKind, payments: Sequence[tuple[Means, Yen]]
) -> Diligence:
    """Customer due diligence for jewels and precious metals: cash of all instalments above the
    limit (AML-1).
    """
    cash = Yen(sum(amount for means, amount in payments if means is Means.CASH))
    return Diligence(cash, is_precious(kind) and cash > terms.cash_limit)


class Place(StrEnum):
    """Where goods of the public may be received."""

    DEALER_PREMISES = "dealer_premises"
    COUNTERPARTY_HOME = "counterparty_home"
    FILED_TEMPORARY_SHOP = "filed_temporary_shop"  # 仮設店舗


def may_receive_at(place: Place, *, on: date, filed_on: date | None = None) -> bool:
    """Whether goods may be received there on that day: own premises, the counterparty's home, or a
    temporary shop filed three days before (KOB-8). No cafés, no car parks: there is no such kind.
    """
    if place is not Place.FILED_TEMPORARY_SHOP:
        return True
    return filed_on is not None and filed_on + timedelta(days=3) <= on


COOLING_OFF_DAYS = 8  # the day the document is received is the first


def has_cooling_off(channel: Channel, *, is_consumer: bool) -> bool:
    """Whether the seller may take the sale back (TOK-2): bought at a consumer's home."""
    return channel is Channel.HOME_VISIT and is_consumer


def cooling_off_last_day(document_received_on: date | None) -> date | None:
    """The last day on which the seller may take it back; None: it never ends (TOK-1)."""
    if document_received_on is None:
        return None
    return document_received_on + timedelta(days=COOLING_OFF_DAYS - 1)


def is_rescission_effective(document_received_on: date | None, dispatched_at: datetime) -> bool:
    """Whether a notice counts: when it was dispatched decides, not when it arrived (TOK-1)."""
    last = cooling_off_last_day(document_received_on)
    return last is None or dispatched_at < end_of(last)


def end_of(day: date) -> datetime:
    """The first moment after that Tokyo day: what holds through it holds before this (CAL-1)."""
    return at_tokyo(day + timedelta(days=1))


def last_return_day(terms: DutyTerms, delivered_on: date) -> date:
    """The last day a buyer may send back; the day of delivery is the first (TOK-3)."""
    return delivered_on + timedelta(days=terms.return_days - 1)


def may_return(terms: DutyTerms, delivered_on: date, asked_at: datetime) -> bool:
    """Whether a return asked for at that moment is in time (RET-1)."""
    return tokyo_day(asked_at) <= last_return_day(terms, delivered_on)


MANY_PEOPLE = 1_000


def is_breach_reportable(
    *, people: int, is_sensitive: bool, has_financial_harm: bool, has_wrongful_purpose: bool
) -> bool:
    """Whether a leak must be reported: one person is enough for sensitive data, harm to property or
    a wrongful purpose, else more than 1,000 (PII-1).
    """
    is_grave = is_sensitive or has_financial_harm or has_wrongful_purpose
    return people > MANY_PEOPLE or (is_grave and people >= 1)


@dataclass(frozen=True, slots=True)
class BreachDeadlines:
    """When a leak of personal data must be reported; the day of discovery is the first (PII-1)."""

    preliminary_target: date
    preliminary_limit: date
    final_limit: date


def breach_deadlines(discovered_on: date, *, has_wrongful_purpose: bool) -> BreachDeadlines:
    """First report within 3 (at the latest 5) days, the final one within 30, or 60 where a
    wrongful purpose is suspected (PII-1).
    """
    final_days = 60 if has_wrongful_purpose else 30
    return BreachDeadlines(
        discovered_on + timedelta(days=2),
        discovered_on + timedelta(days=4),
        discovered_on + timedelta(days=final_days - 1),
    )
