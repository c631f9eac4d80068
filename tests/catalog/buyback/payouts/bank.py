"""A bank, for tests: it takes a transfer file once, moves the money line by line, and gives the
file back with its word on each line.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from catalog.buyback.payouts.zengin import DAY, LINE, NUMBER, RECORD, RESULT

PAID, NO_ACCOUNT, NAME_DIFFERS, OTHER = b"0", b"1", b"2", b"8"
_WIDTH = RECORD + 2


def place_of(content: bytes, line: int) -> int:
    """Where the record of that line begins in a file."""
    records = range(_WIDTH, len(content), _WIDTH)
    return next(at for at in records if int(content[at : at + _WIDTH][LINE] or 0) == line)


class FileRefused(Exception):
    """It takes no file for a day that is over, and no file twice."""


@dataclass
class Bank:
    """`moved`: list and line of every payment that left. `word`: what becomes of a line."""

    word: Callable[[int], bytes] = lambda _: PAID
    moved: list[tuple[int, int]] = field(default_factory=list)
    seen: set[int] = field(default_factory=set)

    def take(self, content: bytes, today: date) -> bytes:
        """Work through a file; its answer. Raises FileRefused."""
        if content[DAY].decode() < today.strftime("%m%d"):
            raise FileRefused
        records = [content[at : at + _WIDTH] for at in range(0, len(content), _WIDTH)]
        lines = [each for each in records if each[:1] == b"2"]
        number = int(lines[0][NUMBER])
        if number in self.seen:
            raise FileRefused
        self.seen.add(number)
        return b"".join(self._worked(each) if each[:1] == b"2" else each for each in records)

    def corrected(self, content: bytes, line: int) -> bytes:
        """Its answer once more, with another word on one line: what it sent back has left after
        all, or what it paid came back to the shop (組戻).
        """
        at = place_of(content, line)
        raw = content[at : at + _WIDTH]
        number = int(raw[NUMBER])
        if raw[RESULT : RESULT + 1] == PAID:
            self.moved.remove((number, line))
            word = OTHER
        else:
            self.moved.append((number, line))
            word = PAID
        return content[:at] + raw[:RESULT] + word + raw[RESULT + 1 :] + content[at + _WIDTH :]

    def _worked(self, raw: bytes) -> bytes:
        number, line = int(raw[NUMBER]), int(raw[LINE])
        word = self.word(line)
        if word == PAID:
            self.moved.append((number, line))
        return raw[:RESULT] + word + raw[RESULT + 1 :]
