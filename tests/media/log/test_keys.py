"""Signing keys lie in one file that only its owner reads, and what they sign
has the form outsiders have tools for.
"""

import contextlib
import stat
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.log import notes
from media.log.keys import KeyExposed, KeyMissing, KeyRing, Signer, is_signed, key_name
from media.log.notes import NoteMalformed, Verifier
from media.sharing import verify

NAME = "shop.example/akashi"
TEXT = notes.checkpoint_text(NAME, 3, bytes(range(32)))


def test_a_key_is_made_once_for_its_owner_alone_and_shows_nowhere(tmp_path: Path) -> None:
    ring = KeyRing(tmp_path / "keys", NAME)
    with pytest.raises(KeyMissing):
        ring.current()
    signer = ring.ensure()
    assert stat.S_IMODE(ring.place.stat().st_mode) == 0o600
    assert stat.S_IMODE(ring.place.parent.stat().st_mode) == 0o700
    assert ring.ensure() == signer == KeyRing(tmp_path / "keys", "other.example").ensure()
    private = ring.place.read_text().strip().split("+", 4)[4]
    assert private not in repr(signer) and private not in str(signer.verifier)
    assert [each.name for each in ring.place.parent.iterdir()] == ["log.keys"]


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_a_file_others_may_read_is_refused(tmp_path: Path, mode: int) -> None:
    ring = KeyRing(tmp_path, NAME)
    ring.ensure()
    ring.place.chmod(mode)
    with pytest.raises(KeyExposed, match="chmod 600"):
        KeyRing(tmp_path, NAME).current()


def test_who_wants_the_first_key_at_the_same_time_gets_the_same(tmp_path: Path) -> None:
    found: list[Signer] = []
    makers = [
        threading.Thread(target=lambda: found.append(KeyRing(tmp_path, NAME).ensure()))
        for _ in range(6)
    ]
    for maker in makers:
        maker.start()
    for maker in makers:
        maker.join()
    assert len({each.verifier for each in found}) == 1


def test_another_key_is_used_from_then_on_and_the_old_one_is_still_known(tmp_path: Path) -> None:
    ring = KeyRing(tmp_path, NAME)
    first = ring.ensure()
    note = first.sign(TEXT)
    second = ring.rotate()
    assert second != first and ring.current() == second
    assert is_signed(notes.read(note), ring.verifiers()) == first.verifier
    ring.place.unlink()  # lost: of the keys before only the public halves are left
    third = KeyRing(tmp_path, NAME).rotate([first.verifier, second.verifier])
    assert ring.current() == third, "a ring that was open before sees it too"
    again = KeyRing(tmp_path, NAME)
    assert list(again.verifiers()) == [first.verifier, second.verifier, third.verifier]
    assert again.current() == third


@given(name=st.from_regex(r"[^\s+]{1,40}", fullmatch=True), size=st.integers(0, 10**17),
       root=st.binary(min_size=32, max_size=32))  # fmt: skip
def test_a_checkpoint_reads_as_it_was_written(name: str, size: int, root: bytes) -> None:
    text = notes.checkpoint_text(name, size, root)
    told = notes.read(notes.signed(text, Verifier(name, root), bytes(64)))
    assert (told.origin, told.size, told.root, told.text) == (name, size, root, text)


@given(st.text(max_size=200))
def test_what_is_no_checkpoint_is_told_so(told: str) -> None:
    try:
        notes.read(told)
    except NoteMalformed:
        return
    assert "\n\n" in told


def test_both_verifiers_agree_on_every_changed_bit(tmp_path: Path) -> None:
    """The zip's own Ed25519 and the library's."""
    signer = KeyRing(tmp_path, NAME).ensure()
    (told,) = notes.read(signer.sign(TEXT)).signatures
    public, content = signer.verifier.public, TEXT.encode()
    assert verify.is_signed(public, content, told.signature)
    for place in (0, 31, 33, 63):
        changed = bytearray(told.signature)
        changed[place] ^= 1
        with contextlib.suppress(ValueError):  # no point of the curve
            assert not verify.is_signed(public, content, bytes(changed))
    assert not verify.is_signed(public, content + b"x", told.signature)


@pytest.mark.parametrize(
    ("public_url", "name"),
    [("https://shop.example", "shop.example/akashi"), ("", "akashi.invalid/akashi"),
     ("https://shop.example:8443/x", "shop.example:8443/akashi")],
)  # fmt: skip
def test_a_key_is_named_by_where_the_shop_is_reached(public_url: str, name: str) -> None:
    assert key_name(public_url) == name
