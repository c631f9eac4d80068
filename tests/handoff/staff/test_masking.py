"""Who may not see a contact sees nothing of it that identifies anybody."""

import re
from datetime import date

import pytest
from hypothesis import assume, given
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
        ("TEL.03-1111-1234", "TEL.***-****-1234"),
        ("9時以降.09011111234", "9時以降.***-****-1234"),
        ("太郎,090-1111-1234", "太郎,***-****-1234"),
        ("1.090-1111-1234", "1.***-****-1234"),
        ("＋819011111234", "***-****-1234"),
        ("+81 (0)90-1111-1234", "***-****-1234"),
        ("81-90-1111-1234", "***-****-1234"),
        ("090-1111-1234円", "***-****-1234円"),
        ("+1 415 555 1234\n2点", "***-****-1234\n2点"),
        ("090-1111-1234\n2点希望、12時", "***-****-1234\n2点希望、12時"),
        ("03-1111-1234/03-1111-1235", "***-****-1234/***-****-1235"),
        ("01/22 03-1111-1234", "01/22 ***-****-1234"),
        ("81000000000円", "81000000000円"),
        ("¥1.050.000.000", "¥1.050.000.000"),
        ("R-260101-000123", "R-260101-000123"),
    ],
)
def test_words_lose_numbers_and_addresses_and_nothing_else(told: str, left: str) -> None:
    assert masking.words(told, HOME) == left
    assert masking.words(told, SHOP) == told


@given(phones, st.text(alphabet="あいう。、 です\n", max_size=10))
def test_no_number_is_left_in_words(phone: str, around: str) -> None:
    left = masking.words(f"{around}{phone}{around}", HOME)
    assert left == f"{around}***-****-{phone[-4:]}{around}"


@given(
    st.sampled_from(("0{}0", "+81{}0", "＋81 {}0", "81-{}0", "+81(0){}0")),
    st.sampled_from([*"-‐–—−ー－ｰ ・･/~〜～.の_　\n", " - ", "\r\n", ""]),
    st.from_regex(r"[5-9][0-9]{8}", fullmatch=True),
    st.sampled_from(("", "TEL.", "Tel:", "9時以降.", "太郎,", "3,", "2.", "2026-01-22 ", "01/22 ")),
    st.sampled_from(("", "円", "\n2点希望", " 12時まで", "、2026-01-22", "\n2026/01/22", ".")),
)
def test_however_a_number_is_written_four_digits_are_left(
    begin: str, joint: str, digits: str, before: str, after: str
) -> None:
    assume(not (begin.startswith("81") and after == "円"))  # as much a sum of money
    phone = begin.format(digits[0]) + joint + digits[1:5] + joint + digits[5:]
    left = masking.words(f"{before}{phone}{after}", HOME)
    assert left == f"{before}***-****-{digits[5:]}{after}"


_days = st.dates(min_value=date(2000, 1, 1), max_value=date(2099, 12, 31)).flatmap(
    lambda day: st.sampled_from(
        [
            f"{day:%Y-%m-%d}",
            f"{day:%Y/%m/%d}",
            f"{day:%Y.%m.%d}",
            f"{day:%Y年%m月%d日}",
            f"{day:%m/%d}",
        ]
    )
)
_other = st.one_of(
    _days,
    st.integers(0, 10**10).map(lambda yen: f"¥{yen:,}"),
    st.integers(0, 10**9).map(lambda yen: f"{yen}円"),
    st.integers(0, 10**10).map(lambda yen: f"{yen:,}円"),
    st.integers(0, 99_999).map(lambda number: f"W-{number:05}"),
    st.integers(0, 999_999).map(lambda number: f"R-260101-{number:06}"),
    st.from_regex(r"[0-9]{6}LN", fullmatch=True),
    st.from_regex(r"(0[0-9]|1[0-9]|2[0-3]):[0-5][0-9]", fullmatch=True),
)


@given(st.lists(_days, min_size=1, max_size=4), st.sampled_from((" ", "、", "〜", "\n", "・")))
def test_days_stay_as_they_are(told: list[str], between: str) -> None:
    assert masking.words(between.join(told), HOME) == between.join(told)


@given(st.lists(_other, min_size=1, max_size=4), st.sampled_from(("、", "から", " と ")))
def test_prices_and_codes_stay_as_they_are(told: list[str], between: str) -> None:
    assert masking.words(between.join(told), HOME) == between.join(told)


@given(st.emails(), st.dates())
def test_nothing_of_an_address_or_a_birthday_is_left(email: str, day: date) -> None:
    assert masking.email(email, HOME) == "***@***"
    assert not re.search(r"\d", str(masking.birthday(day, HOME)))
    assert masking.address(email, HOME) == "***"
