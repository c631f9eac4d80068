"""Who may not see a contact sees nothing of it that identifies anybody."""

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.duties.actors import STAFF_ROLES, Actor, Role
from handoff.staff import masking
from handoff.staff.permissions import Act, may

HOME = Actor("remote", Role.REMOTE)
SHOP = Actor("adviser", Role.ADVISER)
phones = st.from_regex(r"0[1-9]0-[0-9]{4}-[0-9]{4}", fullmatch=True)


@pytest.mark.parametrize(
    ("told", "left"),
    [
        ("090-1111-1234", "***-****-1234"),
        ("+819011111234", "***-****-1234"),
        ("０９０−１１１１−１２３４", "***-****-1234"),
        ("03 1111 1234", "***-****-1234"),
        ("1234", "***"),
        ("", "***"),
    ],
)
def test_of_a_telephone_number_four_digits_are_left(told: str, left: str) -> None:
    assert masking.phone(told, HOME) == left
    assert masking.phone(told, SHOP) == told


@pytest.mark.parametrize("role", STAFF_ROLES)
def test_exactly_who_may_see_contacts_sees_them(role: Role) -> None:
    actor = Actor("somebody", role)
    seen = (
        masking.phone("090-1111-1234", actor),
        masking.email("misaki@example.jp", actor),
        masking.address("東京都中央区銀座1-2-3", actor),
        masking.birthday(date(1990, 4, 5), actor),
        masking.words("090-1111-1234です", actor),
    )
    whole = (
        "090-1111-1234", "misaki@example.jp", "東京都中央区銀座1-2-3", "1990-04-05",
        "090-1111-1234です",
    )  # fmt: skip
    hidden = ("***-****-1234", "***@***", "***", "****-**-**", "***-****-1234です")
    assert seen == (whole if may(actor, Act.SEE_CONTACT) else hidden)


def test_what_is_not_there_is_not_there() -> None:
    for actor in (HOME, SHOP):
        assert masking.phone(None, actor) is masking.email(None, actor) is None
        assert masking.address(None, actor) is masking.birthday(None, actor) is None


@pytest.mark.parametrize(
    ("told", "left"),
    [
        ("電話は090-1111-1234、夜でも", "電話は***-****-1234、夜でも"),
        ("09011111234", "***-****-1234"),
        ("+81 90 1111 1234 please", "***-****-1234 please"),
        ("０９０－１１１１－１２３４", "***-****-1234"),
        ("(03)1111-1234", "(***-****-1234"),
        ("a.b+c@mail.example.co.jp へ", "***@*** へ"),
        ("ref 116500LN を ¥2,480,000 で", "ref 116500LN を ¥2,480,000 で"),
        ("W-10234 は 0.5ct", "W-10234 は 0.5ct"),
        ("2026-11-22 14:05", "2026-11-22 14:05"),
        ("10000000円", "10000000円"),
        ("〒107-0062 東京都港区南青山1-2-3 メゾン201に", "*** メゾン201に"),
        ("住所: 東京都港区南青山１－２－３です", "住所: ***"),
        ("大阪府大阪市北区梅田3丁目1番1号、夜に", "***、夜に"),
        ("港区南青山1-2-3まで", "***"),
        ("〒1070062です", "***です"),
        ("東京都内で受け取れますか", "東京都内で受け取れますか"),
        ("京都府の方に2点", "京都府の方に2点"),
        ("市場で5万円、町で3点", "市場で5万円、町で3点"),
    ],
)
def test_words_lose_numbers_and_addresses_and_nothing_else(told: str, left: str) -> None:
    assert masking.words(told, HOME) == left
    assert masking.words(told, SHOP) == told


@given(phones, st.text(alphabet="あいう。、 です\n", max_size=10))
def test_no_number_is_left_in_words(phone: str, around: str) -> None:
    left = masking.words(f"{around}{phone}{around}", HOME)
    assert left == f"{around}***-****-{phone[-4:]}{around}"


@given(st.emails(), st.dates())
def test_nothing_of_an_address_or_a_birthday_is_left(email: str, day: date) -> None:
    assert masking.email(email, HOME) == "***@***"
    assert not re.search(r"\d", str(masking.birthday(day, HOME)))
    assert masking.address(email, HOME) == "***"
