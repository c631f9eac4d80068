"""What each paper says, as frozen facts (帳票の記載事項). Whoever has the rows fills them.

Amounts are yen with tax included, dates Tokyo days; names and addresses come opened from the sealed
records and are nowhere kept with the page.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from catalog.duties.ledger.queries import LedgerLine


class Paper(StrEnum):
    """Every paper there is."""

    LEDGER = "ledger"  # 古物台帳
    DEPOSIT_RECEIPT = "deposit-receipt"  # 預り証
    PURCHASE_STATEMENT = "purchase-statement"  # 買取明細書
    PURCHASE_ACCEPTANCE = "purchase-acceptance"  # 買取承諾書
    PAYMENT_NOTICE = "payment-notice"  # 支払通知書
    VISIT_DOCUMENT = "visit-document"  # 訪問購入の法定書面
    PREPAID_NOTICE = "prepaid-notice"  # 前払式支払手段の表示


@dataclass(frozen=True, slots=True)
class Dealer:
    """Who the dealer is. `seller_number`: registration number for invoices, empty: none."""

    name: str
    address: str
    authority: str
    licence_no: str
    representative: str = ""
    phone: str = ""
    email: str = ""
    seller_number: str = ""
    complaints: str = ""


@dataclass(frozen=True, slots=True)
class Party:
    """The other side."""

    name: str
    address: str = ""
    phone: str = ""
    number: str = ""  # of the customer


@dataclass(frozen=True, slots=True)
class Piece:
    """One thing. `code`: of the unit, empty before it has one; `amount`: None: not decided."""

    code: str
    kind: str
    title: str
    serial: str = ""
    accessories: str = ""
    condition: str = ""
    quantity: int = 1
    amount: int | None = None


@dataclass(frozen=True, slots=True)
class Payment:
    """One part of a settlement: 銀行振込, ストアクレジット, 現金 …, with the account masked."""

    means: str
    amount: int
    pay_on: date | None = None
    account: str = ""


@dataclass(frozen=True, slots=True)
class LedgerSheet:
    """古物台帳 of some days, both counted."""

    dealer: Dealer
    first_on: date
    last_on: date
    printed_on: date
    lines: Sequence[LedgerLine]


@dataclass(frozen=True, slots=True)
class Deposit:
    """預り証. `purpose`: 査定, 委託販売, 修理 …; `unwanted`: agreed for goods not bought."""

    dealer: Dealer
    number: str
    issued_on: date
    customer: Party
    pieces: Sequence[Piece]
    purpose: str
    channel: str
    staff: str
    unwanted: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Purchase:
    """買取明細書 and 買取承諾書. `identity_method`: how the seller was checked."""

    dealer: Dealer
    number: str
    concluded_on: date
    customer: Party
    pieces: Sequence[Piece]
    total: int
    payments: Sequence[Payment]
    channel: str
    staff: str
    identity_method: str = ""
    seller_is_registered: bool | None = None
    seller_number: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Sale:
    """One sold piece of a consignor. `rate`: of the payout in basis points."""

    code: str
    title: str
    sold_on: date
    price: int
    rate: int
    commission: int
    commission_tax: int
    payout: int
    contract_no: str = ""


@dataclass(frozen=True, slots=True)
class PaymentNotice:
    """支払通知書 for a consignor. `seller_number`: of a registered consignor (媒介者交付特例)."""

    dealer: Dealer
    number: str
    issued_on: date
    customer: Party
    sales: Sequence[Sale]
    total: int
    payments: Sequence[Payment]
    seller_number: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class VisitPurchase:
    """訪問購入の書面: every field the law wants. `is_only_request`: nothing was bought yet.

    `handed_over`: when and how the goods are handed over; `terms`: special terms, where there are.
    """

    dealer: Dealer
    number: str
    concluded_on: date
    customer: Party
    pieces: Sequence[Piece]
    total: int
    payments: Sequence[Payment]
    staff: str
    staff_licence_no: str
    place: str
    handed_over: str
    is_only_request: bool = False
    terms: str = ""


@dataclass(frozen=True, slots=True)
class PrepaidNotice:
    """Display of store credit (PRE-1 to PRE-3). `lives`: kind of credit in Japanese, and the days
    it lives after the day of issue; None: for ever. The rest replaces what the page says by itself.
    """

    dealer: Dealer
    lives: Sequence[tuple[str, int | None]]
    scope: str = ""
    limit: str = ""
    balance_at: str = ""
    conditions: str = ""


Facts = LedgerSheet | Deposit | Purchase | PaymentNotice | VisitPurchase | PrepaidNotice
