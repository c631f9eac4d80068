"""The bank's answer to a list (振込結果), read from its bytes: the bank's own file, or a list that
somebody wrote by what the bank shows.

An answer tells which list it answers and what each line was for, so that it can be held against
that list (`lines`), and it is whole: one that was cut off anywhere is refused as a whole. Pure
bytes: nothing is read from the register.
"""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from catalog.buyback.payouts.zengin import (
    AMOUNT,
    CODE,
    DAY,
    LINE,
    NUMBER,
    RECORD,
    RESULT,
    TransferMalformed,
)

COLUMNS = ("list", "line", "amount", "result", "reference")
_LONGEST = 18  # digits a number may have; far beyond any list, line or sum
_END_OF_FILE = b"\x1a"  # some banks' programs end a file with it


class Outcome(StrEnum):
    """What became of one transfer. `file_refused`: the bank took nothing of the file; `came_back`:
    it was paid, and the money came back afterwards, as a person found out (組戻).
    """

    PAID = "paid"
    NAME_DIFFERS = "name_differs"
    NO_ACCOUNT = "no_account"
    OTHER = "other"
    FILE_REFUSED = "file_refused"
    CAME_BACK = "came_back"


# What an answer may say of a line; the others are said by whoever asked the bank.
_SAID = frozenset(Outcome) - {Outcome.FILE_REFUSED, Outcome.CAME_BACK}


@dataclass(frozen=True, slots=True)
class Answer:
    """The bank's word on one line, and the yen the line was for."""

    line: int
    outcome: Outcome
    amount: int
    reference: str | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole answer. `number`: of the list it answers; `code` and `day` (MMDD): the sender and the
    day of the transfer. None: it does not say.
    """

    answers: Sequence[Answer]
    number: int | None = None
    code: str | None = None
    day: str | None = None


def read_answer(content: bytes) -> Reply:
    """The bank's answer: a file of the same form as ours, or a list `list,line,amount,result` with
    the number of our list and perhaps a `reference`, its last line ended like the others.

    Raises TransferMalformed for what is neither or not whole; a line told twice is refused.
    """
    reply = _from_records(content) if content[:1] == b"1" else _from_list(content)
    if len({each.line for each in reply.answers}) != len(reply.answers):
        raise TransferMalformed("line")
    return reply


_ANSWERS = {
    "0": Outcome.PAID,
    "1": Outcome.NO_ACCOUNT,
    "2": Outcome.NAME_DIFFERS,
}


def _from_records(content: bytes) -> Reply:
    head, *data, trailer, end = _records(content)
    kinds = (head[:1], trailer[:1], end[:1], *(each[:1] for each in data))
    if kinds != (b"1", b"8", b"9", *[b"2"] * len(data)):
        raise TransferMalformed("record")
    read = [_answered(each) for each in data]
    answers = [answer for answer, _ in read]
    sums = (_number(trailer[1:7]), _number(trailer[7:19]))
    if sums != (len(answers), sum(each.amount for each in answers)):
        raise TransferMalformed("record")
    numbers = {number for _, number in read}
    if len(numbers) != 1:
        raise TransferMalformed("list")
    # A file that was sent before its lines named their list has noughts there.
    return Reply(answers, numbers.pop() or None, _text(head[CODE]), _text(head[DAY]))


def _records(content: bytes) -> list[bytes]:
    whole = content.rstrip(_END_OF_FILE)
    if b"\n" in whole:
        raw = whole.replace(b"\r\n", b"\n").removesuffix(b"\n").split(b"\n")
    else:
        raw = [whole[at : at + RECORD] for at in range(0, len(whole), RECORD)]
    if len(raw) < 4 or any(len(each) != RECORD for each in raw):
        raise TransferMalformed("record")
    return raw


def _answered(raw: bytes) -> tuple[Answer, int]:
    """The bank's word, and the number of the list the line names."""
    result = _text(raw[RESULT : RESULT + 1])
    if not result.isdigit():  # the file as it was sent, not an answer
        raise TransferMalformed("result")
    outcome = _ANSWERS.get(result, Outcome.OTHER)
    return Answer(_number(raw[LINE]), outcome, _number(raw[AMOUNT])), _number(raw[NUMBER])


def _text(raw: bytes) -> str:
    if not raw.isascii():
        raise TransferMalformed("record")
    return raw.decode("ascii")


def _number(raw: bytes) -> int:
    if not raw.isdigit():  # of bytes: ASCII digits alone
        raise TransferMalformed("line")
    return int(raw)


def _from_list(content: bytes) -> Reply:
    rows = _rows(content)
    numbers = {_cell(row, "list") for row in rows}
    if len(numbers) != 1:
        raise TransferMalformed("list")
    answers = [_read(row) for row in rows]
    return Reply(answers, numbers.pop())


def _rows(content: bytes) -> list[dict[str, str]]:
    try:
        text = content.decode("utf-8-sig")
        reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
        rows = list(reader)
    except (UnicodeDecodeError, csv.Error):
        raise TransferMalformed("list") from None
    is_known = {*COLUMNS[:-1]} <= {*(reader.fieldnames or ())} <= {*COLUMNS}
    # A list that was cut ends in the middle of a line: of a word, or with cells missing.
    is_whole = text.endswith("\n") and all(
        None not in row and None not in row.values() for row in rows
    )
    if not rows or not is_known or not is_whole:
        raise TransferMalformed("list")
    return rows


def _read(row: dict[str, str]) -> Answer:
    result = row["result"].strip()
    if result not in _SAID:
        raise TransferMalformed("result")
    reference = row.get("reference", "").strip() or None
    return Answer(_cell(row, "line"), Outcome(result), _cell(row, "amount"), reference)


def _cell(row: dict[str, str], name: str) -> int:
    told = row[name].strip()
    if not (told.isascii() and told.isdigit()) or len(told) > _LONGEST:
        raise TransferMalformed("line" if name == "line" else "list")
    return int(told)
