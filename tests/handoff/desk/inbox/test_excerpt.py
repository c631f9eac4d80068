"""The last line of a conversation in a few words: nothing of a contact is left half, where nobody
would know it for one.
"""

from hypothesis import given
from hypothesis import strategies as st

from catalog.duties.actors import Actor, Role
from conversations.messages import Place, Said
from handoff.desk.inbox.excerpt import MOST, Excerpt, Sort, of_body
from handoff.staff import masking

HOME = Actor("remote", Role.REMOTE)
PHONES = st.sampled_from(
    [
        "090-8765-4321",
        "09087654321",
        "０９０－８７６５－４３２１",
        "090 8765 4321",
        "(090)8765-4321",
    ]
)


def shown(text: str) -> str:
    """As a list shows it to everybody."""
    return masking.words(of_body(Said("m", text)).words, HOME)


@given(st.integers(0, MOST + 5), PHONES, st.sampled_from(["", " ", "、夜に", "です"]))
def test_no_number_is_left_by_a_cut(before: int, phone: str, after: str) -> None:
    left = shown(f"{'あ' * before}{phone}{after}" + "い" * MOST)
    digits = "".join(each for each in left if each.isdigit())
    assert len(digits) <= 4, left


@given(st.integers(0, MOST + 5))
def test_no_address_of_mail_is_left_by_a_cut(before: int) -> None:
    left = shown("あ" * before + "secret.person@hidden.example.jp" + "い" * MOST)
    assert "secret" not in left
    assert "hidden" not in left


def test_a_place_says_no_more_than_that_it_is_one() -> None:
    place = Place("m", 35.66, 139.71, "東京都港区南青山1-2-3")
    assert of_body(place) == Excerpt(Sort.PLACE)


def test_a_long_sentence_ends_with_a_whole_word() -> None:
    told = of_body(Said("m", "could you please send me a film of the " + "Submariner " * 9))
    assert told.words.endswith("Submariner…")
    assert len(told.words) <= MOST
