"""The log's arithmetic against the recursive definitions of RFC 9162 §2.1."""

import hashlib
import json

from hypothesis import given, settings
from hypothesis import strategies as st

from media.log import rules
from media.log.rules import Node, Span


def tree_hash(leaves: list[bytes]) -> bytes:
    """MTH(D[n]), word for word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return hashlib.sha256(b"\x01" + tree_hash(leaves[:k]) + tree_hash(leaves[k:])).digest()


def path(m: int, leaves: list[bytes]) -> list[bytes]:
    """PATH(m, D[n])."""
    if len(leaves) == 1:
        return []
    k = rules.split(len(leaves))
    if m < k:
        return [*path(m, leaves[:k]), tree_hash(leaves[k:])]
    return [*path(m - k, leaves[k:]), tree_hash(leaves[:k])]


def subproof(m: int, leaves: list[bytes], whole: bool) -> list[bytes]:
    """SUBPROOF(m, D[n], b)."""
    if m == len(leaves):
        return [] if whole else [tree_hash(leaves)]
    k = rules.split(len(leaves))
    if m <= k:
        return [*subproof(m, leaves[:k], whole), tree_hash(leaves[k:])]
    return [*subproof(m - k, leaves[k:], False), tree_hash(leaves[:k])]


def leaves_of(size: int) -> list[bytes]:
    return [f"leaf {number}".encode() for number in range(size)]


def hashes(spans: list[Span], leaves: list[bytes]) -> list[bytes]:
    def node(each: Node) -> bytes:
        return tree_hash(leaves[each.index << each.level : (each.index + 1) << each.level])

    return [rules.hash_of(span, node) for span in spans]


sizes = st.integers(min_value=1, max_value=130)


@given(size=st.integers(min_value=0, max_value=130))
def test_the_root_is_the_rfc_s_tree_hash(size: int) -> None:
    leaves = leaves_of(size)
    assert hashes([Span(0, size)], leaves) == [tree_hash(leaves)]


@given(size=sizes, data=st.data())
def test_inclusion_proofs_are_the_rfc_s_and_hold_only_for_their_leaf(
    size: int, data: st.DataObject
) -> None:
    index = data.draw(st.integers(min_value=0, max_value=size - 1))
    leaves = leaves_of(size)
    proof = hashes(rules.inclusion_spans(index, size), leaves)
    root, leaf = tree_hash(leaves), rules.leaf_hash(leaves[index])
    assert proof == path(index, leaves)
    assert rules.holds_leaf(leaf, index, size, proof, root)
    assert not rules.holds_leaf(rules.leaf_hash(b"another"), index, size, proof, root)
    assert not rules.holds_leaf(leaf, index, size, [*proof, root], root)
    if size > 1:
        other = data.draw(st.integers(0, size - 1).filter(lambda each: each != index))
        assert not rules.holds_leaf(leaf, other, size, proof, root)
        assert not rules.holds_leaf(leaf, index, size, proof[:-1], root)


@given(size=sizes, data=st.data())
def test_consistency_proofs_are_the_rfc_s_and_find_a_rewritten_leaf(
    size: int, data: st.DataObject
) -> None:
    old = data.draw(st.integers(min_value=1, max_value=size))
    leaves = leaves_of(size)
    proof = hashes(rules.consistency_spans(old, size), leaves)
    old_root, root = tree_hash(leaves[:old]), tree_hash(leaves)
    assert proof == subproof(old, leaves, True)
    assert rules.continues(old, size, proof, old_root, root)
    assert not rules.continues(old, size, proof, tree_hash([b"x", *leaves[1:old]]), root)
    rewritten = [b"rewritten", *leaves[1:]]
    honest = hashes(rules.consistency_spans(old, size), rewritten)
    assert not rules.continues(old, size, honest, old_root, tree_hash(rewritten))


def test_an_empty_log_is_the_beginning_of_every_log() -> None:
    assert rules.continues(0, 7, [], rules.EMPTY_ROOT, tree_hash(leaves_of(7)))
    assert not rules.continues(0, 7, [], b"?" * 32, tree_hash(leaves_of(7)))
    assert not rules.continues(8, 7, [], rules.EMPTY_ROOT, rules.EMPTY_ROOT)
    assert not rules.holds_leaf(b"", 3, 3, [], rules.EMPTY_ROOT)


def test_the_same_content_in_another_order_has_the_same_text() -> None:
    assert rules.canonical({"b": 1, "a": "証"}) == rules.canonical({"a": "証", "b": 1})
    assert rules.canonical({"b": 1, "a": "証"}) == '{"a":"証","b":1}'


_PLAIN = st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.text(max_size=20)


@settings(deadline=None, max_examples=50)
@given(
    st.dictionaries(
        st.text(max_size=8),
        st.recursive(
            _PLAIN,
            lambda each: (
                st.lists(each, max_size=3) | st.dictionaries(st.text(max_size=4), each, max_size=3)
            ),
            max_leaves=8,
        ),
        max_size=6,
    )
)
def test_a_leaf_s_text_is_what_any_json_library_writes(payload: dict[str, object]) -> None:
    """Sorted keys, no blanks, nothing escaped that need not be: whoever rebuilds a leaf elsewhere
    gets the same bytes.
    """
    told = json.dumps(payload, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert rules.canonical(payload) == told
    assert json.loads(told) == payload
