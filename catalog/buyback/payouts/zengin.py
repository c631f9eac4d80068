"""The bank's transfer file and its answer (全銀協規定形式・総合振込): records of 120 bytes.

Header, one record a transfer, trailer, end; each ends with CR LF. Digits stand right with noughts
before them, text stands left with spaces after it. Pure bytes: nothing is read from the register.
"""

import csv
import io
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
_LINE_AT = 91  # 顧客コード1: our line, by which the answer is read
_RESULT_AT = 113  # first byte of the rest that a bank may write its answer to


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
    """One payment. `line` comes back in the bank's answer."""

    line: int
    account: BankAccount
    amount: int


class Outcome(StrEnum):
    """What became of one transfer."""

    PAID = "paid"
    NAME_DIFFERS = "name_differs"
    NO_ACCOUNT = "no_account"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Answer:
    """The bank's word on one line."""

    line: int
    outcome: Outcome
    reference: str | None = None


def transfer_file(sender: Originator, on: date, transfers: Sequence[Transfer]) -> bytes:
    """The whole file. Raises TransferMalformed, KanaMalformed."""
    if not transfers or len(transfers) > _MOST_LINES:
        raise TransferMalformed("count")
    records = [
        _header(sender, on),
        *(_data(each) for each in transfers),
        "8" + _digits(len(transfers), 6, "count") + _digits(_total(transfers), 12, "total"),
        "9",
    ]
    return b"".join(_record(each) for each in records)


def _total(transfers: Sequence[Transfer]) -> int:
    return sum(each.amount for each in transfers)


def _header(sender: Originator, on: date) -> str:
    account = sender.account
    return "".join(
        [
            "1",
            "21",
            "0",
            _code(sender.code, 10, "code"),
            _text(account.holder, 40),
            on.strftime("%m%d"),
            _bank(account),
            account.kind.value,
            _code(account.number, 7, "number"),
        ]
    )


def _data(transfer: Transfer) -> str:
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
            "0" * 10,
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
    _data(Transfer(1, account, 1))


_ANSWERS = {
    "0": Outcome.PAID,
    "1": Outcome.NO_ACCOUNT,
    "2": Outcome.NAME_DIFFERS,
}


def read_answer(content: bytes) -> list[Answer]:
    """The bank's answer, line by line: a file of the same form, or a list `line,result,reference`
    with the results of `Outcome`. Raises TransferMalformed; a line told twice is refused.
    """
    answers = _from_records(content) if content[:1] == b"1" else _from_list(content)
    if len({each.line for each in answers}) != len(answers):
        raise TransferMalformed("line")
    return answers


def _from_records(content: bytes) -> list[Answer]:
    answers = []
    for raw in content.replace(_END, b"\n").split(b"\n"):
        if not raw.startswith(b"2"):
            continue
        if len(raw) != RECORD:
            raise TransferMalformed("record")
        line, result = raw[_LINE_AT : _LINE_AT + 10], chr(raw[_RESULT_AT])
        if not line.isdigit():
            raise TransferMalformed("line")
        if not result.isdigit():  # the file as it was sent, not an answer
            raise TransferMalformed("result")
        answers.append(Answer(int(line), _ANSWERS.get(result, Outcome.OTHER)))
    if not answers:
        raise TransferMalformed("record")
    return answers


def _from_list(content: bytes) -> list[Answer]:
    try:
        rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    except (UnicodeDecodeError, csv.Error):
        raise TransferMalformed("list") from None
    answers = []
    for row in rows:
        line, result = (row.get("line") or "").strip(), (row.get("result") or "").strip()
        if not (line.isascii() and line.isdigit()) or result not in set(Outcome):
            raise TransferMalformed("result")
        reference = (row.get("reference") or "").strip() or None
        answers.append(Answer(int(line), Outcome(result), reference))
    if not answers:
        raise TransferMalformed("list")
    return answers
