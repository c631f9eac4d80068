"""The directories of a TIFF (IFD), and of the raw files that are one by another name: how many
there are, and whether all they tell of is in the file. Pure reading of a few numbers; nothing is
decoded, and what makes no sense is answered as not there.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

_MOST_DIRECTORIES = 256
_MOST_ENTRIES = 4096
_MOST_RUNS = 65_536
_INSIDE = 330  # TIFF technical note 1: directories inside of this one
# TIFF 6: where strips, tiles and an old JPEG begin, and how long each is.
_RUNS = ((273, 279), (324, 325), (513, 514))
_NUMBERS = {3: "H", 4: "I", 13: "I", 16: "Q", 18: "Q"}
_WIDTHS = {
    1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8,
    18: 8,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Form:
    """How its numbers are written. `width`: bytes of an offset; `count`: of how many entries."""

    order: str
    width: int
    count: int
    first: int  # where the first directory lies

    def number(self, held: bytes) -> int:
        return int.from_bytes(held, "little" if self.order == "<" else "big")


@dataclass(frozen=True, slots=True)
class _Entry:
    tag: int
    kind: int
    count: int
    at: int  # where its values lie

    @property
    def end(self) -> int:
        return self.at + _WIDTHS.get(self.kind, 0) * self.count


@dataclass(frozen=True, slots=True)
class _Directory:
    entries: tuple[_Entry, ...]
    following: int
    end: int


def has_more(path: Path, most: int) -> bool:
    """Whether it has more directories than that, one after the other: told in the time it takes to
    read so many, where a decoder would first walk through all of a million. Raises OSError.
    """
    with path.open("rb") as file:
        form, size = _form(file), path.stat().st_size
        at, seen = form.first if form else 0, set[int]()
        while form is not None and 0 < at < size and at not in seen:
            if len(seen) == most:
                return True
            seen.add(at)
            file.seek(at)
            count = form.number(file.read(form.count))
            file.seek(min(size, at + form.count + count * (4 + 2 * form.width)))
            at = form.number(file.read(form.width))
    return False


def are_inside(file: BinaryIO, size: int) -> bool:
    """Whether the file has all its directories tell of: their values, every strip and tile."""
    form = _form(file)
    ahead, seen = [form.first if form else 0], set[int]()
    while form is not None and ahead and len(seen) < _MOST_DIRECTORIES:
        at = ahead.pop(0)
        if at in seen:
            continue
        seen.add(at)
        found = _directory(file, at, form) if 0 < at < size else None
        if found is None or max(found.end, *_ends(file, found, form)) > size:
            return False
        told = _numbers(file, _entry(found, _INSIDE), form)
        ahead += [*told, found.following] if found.following else told
    return bool(seen)


def _form(file: BinaryIO) -> _Form | None:
    file.seek(0)
    head = file.read(16)
    if len(head) < 16 or head[:2] not in (b"II", b"MM"):
        return None
    order = "<" if head[:2] == b"II" else ">"
    if head[2:4] in (b"+\0", b"\0+"):
        return _Form(order, 8, 8, struct.unpack_from(f"{order}Q", head, 8)[0])
    return _Form(order, 4, 2, struct.unpack_from(f"{order}I", head, 4)[0])


def _directory(file: BinaryIO, at: int, form: _Form) -> _Directory | None:
    file.seek(at)
    told = file.read(form.count)
    count = form.number(told)
    if len(told) < form.count or not 0 < count <= _MOST_ENTRIES:
        return None
    each = 4 + 2 * form.width
    held = file.read(count * each + form.width)
    if len(held) < count * each + form.width:
        return None
    entries = []
    for place in range(0, count * each, each):
        tag, kind = struct.unpack_from(f"{form.order}HH", held, place)
        values = form.number(held[place + 4 : place + 4 + form.width])
        lies = at + form.count + place + 4 + form.width
        if _WIDTHS.get(kind, 0) * values > form.width:
            lies = form.number(held[place + 4 + form.width : place + each])
        entries.append(_Entry(tag, kind, values, lies))
    return _Directory(tuple(entries), form.number(held[count * each :]), at + len(told) + len(held))


def _ends(file: BinaryIO, found: _Directory, form: _Form) -> Iterator[int]:
    yield 0
    for each in found.entries:
        yield each.end
    for places, lengths in _RUNS:
        begins = _numbers(file, _entry(found, places), form)
        for begin, length in zip(
            begins, _numbers(file, _entry(found, lengths), form), strict=False
        ):
            yield begin + length


def _entry(found: _Directory, tag: int) -> _Entry | None:
    return next((each for each in found.entries if each.tag == tag), None)


def _numbers(file: BinaryIO, entry: _Entry | None, form: _Form) -> list[int]:
    code = None if entry is None else _NUMBERS.get(entry.kind)
    if entry is None or code is None or not 0 < entry.count <= _MOST_RUNS:
        return []
    file.seek(entry.at)
    held = file.read(struct.calcsize(code) * entry.count)
    whole = len(held) // struct.calcsize(code)
    return list(struct.unpack_from(f"{form.order}{whole}{code}", held))
