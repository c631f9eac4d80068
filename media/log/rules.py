"""The Merkle tree of RFC 9162: hashes, which nodes a proof needs, and how a proof is checked. Pure.

Sizes and indexes count leaves from 0. Only roots of full subtrees are ever stored; every hash of a
proof folds a few of them.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

EMPTY_ROOT = hashlib.sha256(b"").digest()
NodeOf = Callable[["Node"], bytes]


@dataclass(frozen=True, slots=True)
class Node:
    """The root of the full subtree over leaves [index * 2**level, (index + 1) * 2**level)."""

    level: int
    index: int


@dataclass(frozen=True, slots=True)
class Span:
    """The leaves [start, stop); `start` is a multiple of a power of two not below the span's
    length.
    """

    start: int
    stop: int


def canonical(payload: Mapping[str, Any]) -> str:
    """One text for one content: sorted keys, no blanks; whole numbers of 64 bits."""
    return orjson.dumps(payload, option=orjson.OPT_SORT_KEYS).decode()


def leaf_hash(content: bytes) -> bytes:
    """RFC 9162 §2.1.1: SHA-256 of 0x00 and the content."""
    return hashlib.sha256(b"\x00" + content).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """RFC 9162 §2.1.1: SHA-256 of 0x01 and both children."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def split(length: int) -> int:
    """The largest power of two below a length of at least 2."""
    return 1 << ((length - 1).bit_length() - 1)


def closed_by(index: int) -> list[Node]:
    """The left siblings met when leaf `index` is appended, lowest first: each closes one more full
    subtree.
    """
    siblings = []
    level = 0
    while index >> level & 1:
        siblings.append(Node(level, (index >> level) - 1))
        level += 1
    return siblings


def cover(span: Span) -> list[Node]:
    """The full subtrees a span consists of, left to right (falling size)."""
    nodes = []
    start = span.start
    while start < span.stop:
        level = (span.stop - start).bit_length() - 1
        nodes.append(Node(level, start >> level))
        start += 1 << level
    return nodes


def fold(hashes: Sequence[bytes]) -> bytes:
    """The hash of a span from those of its cover."""
    if not hashes:
        return EMPTY_ROOT
    folded = hashes[-1]
    for left in reversed(hashes[:-1]):
        folded = node_hash(left, folded)
    return folded


def hash_of(span: Span, node: NodeOf) -> bytes:
    """The hash of a span when the stored nodes can be asked for."""
    return fold([node(each) for each in cover(span)])


def inclusion_spans(index: int, size: int) -> list[Span]:
    """RFC 9162 §2.1.3.1: what stands beside leaf `index` on the way up, lowest first."""
    spans: list[Span] = []
    start, stop = 0, size
    while stop - start > 1:
        middle = start + split(stop - start)
        if index < middle:
            spans.append(Span(middle, stop))
            stop = middle
        else:
            spans.append(Span(start, middle))
            start = middle
    return spans[::-1]


def consistency_spans(old: int, size: int) -> list[Span]:
    """RFC 9162 §2.1.4.1: what shows that the first `old` leaves are unchanged among `size`."""
    if old in (0, size):
        return []
    spans: list[Span] = []
    start, stop, is_known = 0, size, True
    while old < stop:
        middle = start + split(stop - start)
        if old <= middle:
            spans.append(Span(middle, stop))
            stop = middle
        else:
            spans.append(Span(start, middle))
            start, is_known = middle, False
    if not is_known:
        spans.append(Span(start, stop))
    return spans[::-1]


def holds_leaf(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """RFC 9162 §2.1.3.2: whether the leaf hash stands at `index` in the tree of `size` with that
    root.
    """
    if not 0 <= index < size:
        return False
    at, last, found = index, size - 1, leaf
    for step in proof:
        if last == 0:
            return False
        if at & 1 or at == last:
            found = node_hash(step, found)
            while not at & 1 and at != 0:
                at, last = at >> 1, last >> 1
        else:
            found = node_hash(found, step)
        at, last = at >> 1, last >> 1
    return last == 0 and found == root


def continues(old: int, size: int, proof: Sequence[bytes], old_root: bytes, root: bytes) -> bool:
    """RFC 9162 §2.1.4.2: whether the tree of `size` begins with the tree of `old` leaves."""
    if not 0 <= old <= size:
        return False
    if old == size:
        return not proof and old_root == root
    if old == 0:
        return not proof and old_root == EMPTY_ROOT
    path = list(proof)
    if old & (old - 1) == 0:
        path.insert(0, old_root)
    return bool(path) and _climb(old - 1, size - 1, path, old_root, root)


def _climb(at: int, last: int, path: Sequence[bytes], old_root: bytes, root: bytes) -> bool:
    while at & 1:
        at, last = at >> 1, last >> 1
    before = after = path[0]
    for step in path[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            before, after = node_hash(step, before), node_hash(step, after)
            while not at & 1 and at != 0:
                at, last = at >> 1, last >> 1
        else:
            after = node_hash(after, step)
        at, last = at >> 1, last >> 1
    return last == 0 and before == old_root and after == root
