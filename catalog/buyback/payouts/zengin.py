"""The bank's transfer file (全銀協規定形式・総合振込): records of 120 bytes.

Header, one record a transfer, trailer, end; each ends with CR LF. Digits stand right with noughts
before them, text stands left with spaces after it. Pure bytes: nothing is read from the register.
Not here: the bank's answer (`answers`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from catalog.buyback.payouts.kana import half_width
from catalog.ground.errors import Malformed

RECORD = 120
_END = b"\r\n"
_MOST_YEN = 10**10
_MOST_LINES = 999_999
_TELEGRAM = "7"  # 電信
# Where an answer is read.
CODE = slice(4, 14)  # 委託者コード, in the header
DAY = slice(54, 58)  # 取組日 MMDD, in the header
AMOUNT = slice(80, 90)
LINE = slice(91, 101)  # 顧客コード1: our line
NUMBER = slice(101, 111)  # 顧客コード2: the number of our list
RESULT = 113  # first byte of the rest that a bank may write its answer to


class TransferMalformed(Malformed):
    """A transfer or an answer that the form cannot hold. `field`."""

    def __init__(self, field: str) -> None:
        super().__init__(f"{field} does not fit the bank's file")
        self.field = field


class AccountKind(StrEnum):
    """預金種目, by the number banks give it."""

    ORDINARY = "1"
    CURRENT = "2"
    SAVINGS = "4"


@dataclass(frozen=True, slots=True)
class BankAccount:
    """An account as the bank's file needs it. Names may be in any kana."""

    bank_code: str
    bank_name: str
    branch_code: str
    branch_name: str
    kind: AccountKind
    number: str
    holder: str


@dataclass(frozen=True, slots=True)
class Originator:
    """The dealer as the sender; `code` is what the bank calls them (委託者コード)."""

    code: str
    account: BankAccount


@dataclass(frozen=True, slots=True)
class Transfer:
    """One payment. `line` and the number of its list come back in the bank's answer."""

    line: int
    account: BankAccount
    amount: int


def transfer_file(
    sender: Originator, on: date, transfers: Sequence[Transfer], *, number: int
) -> bytes:
    """The whole file of the list with that number. Raises TransferMalformed, KanaMalformed."""
    if not transfers or len(transfers) > _MOST_LINES:
        raise TransferMalformed("count")
    records = [
        _header(sender, on),
        *(_data(each, number) for each in transfers),
        "8" + _digits(len(transfers), 6, "count") + _digits(_total(transfers), 12, "total"),
        "9",
    ]
    return b"".join(_record(each) for each in records)


def sender_code(sender: Originator) -> str:
    """As the header has it."""
    return _code(sender.code, 10, "code")


def _total(transfers: Sequence[Transfer]) -> int:
    return sum(each.amount for each in transfers)


def _header(sender: Originator, on: date) -> str:
    account = sender.account
    return "".join(
        [
            "1",
            "21",
            "0",
            sender_code(sender),
            _text(account.holder, 40),
            on.strftime("%m%d"),
            _bank(account),
            account.kind.value,
            _code(account.number, 7, "number"),
        ]
    )


def _data(transfer: Transfer, number: int) -> str:
    account = transfer.account
    if not 0 < transfer.amount < _MOST_YEN:
        raise TransferMalformed("amount")
    return "".join(
        [
            "2",
            _bank(account, clearing="0000"),
            account.kind.value,
            _code(account.number, 7, "number"),
            _text(account.holder, 30),
            _digits(transfer.amount, 10, "amount"),
            "0",
            _digits(transfer.line, 10, "line"),
            _digits(number, 10, "list"),
            _TELEGRAM,
        ]
    )


def _bank(account: BankAccount, clearing: str = "") -> str:
    return "".join(
        [
            _code(account.bank_code, 4, "bank_code", is_exact=True),
            _text(account.bank_name, 15),
            _code(account.branch_code, 3, "branch_code", is_exact=True),
            _text(account.branch_name, 15),
            clearing,
        ]
    )


def _code(value: str, width: int, field: str, *, is_exact: bool = False) -> str:
    is_number = value.isascii() and value.isdigit()
    if not is_number or len(value) > width or (is_exact and len(value) != width):
        raise TransferMalformed(field)
    return value.zfill(width)


def _digits(value: int, width: int, field: str) -> str:
    if value < 0:
        raise TransferMalformed(field)
    return _code(str(value), width, field)


def _text(value: str, width: int) -> str:
    """Half-width, cut where the field ends: banks compare what fits."""
    return half_width(value)[:width].ljust(width)


def _record(text: str) -> bytes:
    return text.ljust(RECORD).encode("cp932") + _END


def check(account: BankAccount) -> None:
    """Whether a transfer file could hold it. Raises TransferMalformed, KanaMalformed."""
    _data(Transfer(1, account, 1), 1)
