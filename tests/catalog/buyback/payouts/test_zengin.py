"""The bank's file, field by field, and its answer."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.buyback.payouts.kana import KanaMalformed, half_width
from catalog.buyback.payouts.zengin import (
    AccountKind,
    BankAccount,
    Originator,
    Transfer,
    TransferMalformed,
    transfer_file,
)

PAYEE = BankAccount(
    "0001", "みずほ", "110", "青山".replace("青山", "アオヤマ"), AccountKind.ORDINARY, "123456",
    "ガッキュウ　ショウコ",
)  # fmt: skip
SENDER = Originator(
    "12345",
    BankAccount(
        "0005", "ミツビシUFJ", "001", "ホンテン", AccountKind.CURRENT, "7654321", "カ）アカシ"
    ),
)
ON = date(2026, 11, 24)


def records(*amounts: int) -> list[str]:
    """The records of list 7 as text, one sign a byte."""
    lines = [Transfer(n, PAYEE, amount) for n, amount in enumerate(amounts, start=1)]
    content = transfer_file(SENDER, ON, lines, number=7)
    assert content.endswith(b"\r\n")
    raw = content.split(b"\r\n")[:-1]
    assert {len(each) for each in raw} == {120}
    return [each.decode("cp932") for each in raw]


def test_the_header_names_the_sender() -> None:
    head = records(1)[0]
    fields = [
        (0, 1, "1"), (1, 3, "21"), (3, 4, "0"), (4, 14, "0000012345"),
        (14, 54, "ｶ)ｱｶｼ".ljust(40)), (54, 58, "1124"), (58, 62, "0005"),
        (62, 77, "ﾐﾂﾋﾞｼUFJ".ljust(15)), (77, 80, "001"), (80, 95, "ﾎﾝﾃﾝ".ljust(15)),
        (95, 96, "2"), (96, 103, "7654321"), (103, 120, " " * 17),
    ]  # fmt: skip
    assert [head[a:b] for a, b, _ in fields] == [told for _, _, told in fields]


def test_a_record_names_the_payee() -> None:
    data = records(98_000)[1]
    fields = [
        (0, 1, "2"), (1, 5, "0001"), (5, 20, "ﾐｽﾞﾎ".ljust(15)), (20, 23, "110"),
        (23, 38, "ｱｵﾔﾏ".ljust(15)), (38, 42, "0000"), (42, 43, "1"), (43, 50, "0123456"),
        (50, 80, "ｶﾞﾂｷﾕｳ ｼﾖｳｺ".ljust(30)), (80, 90, "0000098000"), (90, 91, "0"),
        (91, 101, "0000000001"), (101, 111, "0000000007"), (111, 112, "7"), (112, 120, " " * 8),
    ]  # fmt: skip
    assert [data[a:b] for a, b, _ in fields] == [told for _, _, told in fields]


def test_the_trailer_counts_and_sums_and_the_end_ends() -> None:
    lines = records(98_000, 2_000, 1)
    assert lines[-2] == "8" + "000003" + "000000100001" + " " * 101
    assert lines[-1] == "9" + " " * 119


@pytest.mark.parametrize(
    "change",
    [
        {"bank_code": "12"}, {"bank_code": "00011"}, {"branch_code": "1a1"}, {"number": "12345678"},
        {"number": ""}, {"number": "１２３"},
    ],
)  # fmt: skip
def test_an_account_that_does_not_fit_is_refused(change: dict[str, str]) -> None:
    from dataclasses import replace

    with pytest.raises(TransferMalformed):
        transfer_file(SENDER, ON, [Transfer(1, replace(PAYEE, **change), 1)], number=1)  # type: ignore[arg-type]  # codes are text


@pytest.mark.parametrize("amount", [0, -1, 10**10])
def test_an_amount_that_does_not_fit_is_refused(amount: int) -> None:
    with pytest.raises(TransferMalformed):
        transfer_file(SENDER, ON, [Transfer(1, PAYEE, amount)], number=1)


def test_a_file_of_nothing_is_refused() -> None:
    with pytest.raises(TransferMalformed):
        transfer_file(SENDER, ON, [], number=1)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("ガッキュー・ソラ", "ｶﾞﾂｷﾕ-.ｿﾗ"),
        ("ぱぴぷぺぽ", "ﾊﾟﾋﾟﾌﾟﾍﾟﾎﾟ"),
        ("ヴァン", "ｳﾞｱﾝ"),
        ("ｻﾄｳ ﾐｻｷ", "ｻﾄｳ ﾐｻｷ"),
        ("Smith John", "SMITH JOHN"),
    ],
)
def test_names_are_written_as_banks_write_them(name: str, told: str) -> None:
    assert half_width(name) == told


@pytest.mark.parametrize("name", ["佐藤", "", " ", "a\nb", "サトウ!", "😀"])
def test_a_name_banks_cannot_write_is_refused_without_being_told(name: str) -> None:
    with pytest.raises(KanaMalformed) as bad:
        half_width(name)
    assert name.strip() == "" or name not in str(bad.value)


@given(st.text(alphabet="アァガパヴヵーんぁ゛ABz09 ()-./,・「」　", min_size=1, max_size=60))
def test_whatever_is_written_fits_one_byte_a_sign(name: str) -> None:
    try:
        told = half_width(name)
    except KanaMalformed:
        return
    assert len(told.encode("cp932")) == len(told)
