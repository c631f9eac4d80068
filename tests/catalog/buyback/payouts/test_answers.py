"""The bank's answer: which list it is of, line by line, and whole or not at all (R-051)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.buyback.payouts.answers import Answer, Outcome, Reply, read_answer
from catalog.buyback.payouts.zengin import RECORD, RESULT, TransferMalformed
from tests.catalog.buyback.payouts.test_zengin import records

LIST = "list,line,amount,result,reference\n7,1,400000,paid,F-1\n7,2,98000,name_differs,\n"
_RESULTS = {
    "0": Outcome.PAID,
    "1": Outcome.NO_ACCOUNT,
    "2": Outcome.NAME_DIFFERS,
    "8": Outcome.OTHER,
}


def answered(*lines: tuple[int, str], ends: bytes = b"\r\n") -> bytes:
    """The file of list 7 as the bank gives it back: an amount and a result digit a line."""
    told = records(*(amount for amount, _ in lines))
    results = iter(result for _, result in lines)
    whole = [
        each[:RESULT] + next(results) + each[RESULT + 1 :] if each[0] == "2" else each
        for each in told
    ]
    return b"".join(each.encode("cp932") + ends for each in whole)


def test_the_banks_answer_says_which_list_and_what_became_of_each_line() -> None:
    """0 paid, 1 no account, 2 another name, anything else another reason."""
    reply = read_answer(answered((4, "0"), (3, "1"), (2, "2"), (1, "8")))
    assert reply == Reply(
        [
            Answer(1, Outcome.PAID, 4),
            Answer(2, Outcome.NO_ACCOUNT, 3),
            Answer(3, Outcome.NAME_DIFFERS, 2),
            Answer(4, Outcome.OTHER, 1),
        ],
        number=7,
        code="0000012345",
        day="1124",
    )


@pytest.mark.parametrize("ends", [b"\n", b""])
def test_an_answer_without_the_line_ends_we_write_is_read_too(ends: bytes) -> None:
    lines = ((5, "0"), (6, "2"))
    assert read_answer(answered(*lines, ends=ends)) == read_answer(answered(*lines))
    assert read_answer(answered(*lines, ends=ends) + b"\x1a") == read_answer(answered(*lines))


_LINES = st.lists(st.tuples(st.integers(1, 10**9), st.sampled_from("0128")), min_size=1, max_size=4)


@given(_LINES, st.data())
def test_an_answer_cut_anywhere_is_refused_as_a_whole(
    lines: list[tuple[int, str]], data: st.DataObject
) -> None:
    """But for the line end after its last record."""
    for ends in (b"\r\n", b""):
        content = answered(*lines, ends=ends)
        last = (len(lines) + 3) * (RECORD + len(ends)) - len(ends) - 1
        kept = data.draw(st.integers(0, last))
        with pytest.raises(TransferMalformed):
            read_answer(content[:kept])


@given(_LINES)
def test_whatever_an_answer_says_is_read_as_it_was_said(lines: list[tuple[int, str]]) -> None:
    reply = read_answer(answered(*lines))
    told = [(each.line, each.amount, each.outcome) for each in reply.answers]
    wanted = [(n, yen, _RESULTS[result]) for n, (yen, result) in enumerate(lines, start=1)]
    assert told == wanted


def test_the_file_as_it_was_sent_is_no_answer() -> None:
    content = "".join(line + "\r\n" for line in records(1)).encode("cp932")
    with pytest.raises(TransferMalformed):
        read_answer(content)


def test_two_answers_in_one_file_are_none() -> None:
    one = answered((1, "0"))
    with pytest.raises(TransferMalformed):
        read_answer(one + one)


def test_a_list_of_results_says_which_list_and_what_each_line_was_for() -> None:
    paid, differs = Answer(1, Outcome.PAID, 400_000, "F-1"), Answer(2, Outcome.NAME_DIFFERS, 98_000)
    assert read_answer(LIST.encode()) == Reply([paid, differs], number=7)
    bare = "list,line,amount,result\r\n7,1,400000,paid\r\n".encode("utf-8-sig")
    assert read_answer(bare) == Reply([Answer(1, Outcome.PAID, 400_000)], number=7)


@given(st.integers(0, len(LIST) - 1))
def test_of_a_list_that_was_cut_no_line_is_read_that_was_not_whole(kept: int) -> None:
    """Cut between two lines it says less, never anything else."""
    try:
        reply = read_answer(LIST[:kept].encode())
    except TransferMalformed:
        return
    assert reply == Reply([Answer(1, Outcome.PAID, 400_000, "F-1")], number=7)


@pytest.mark.parametrize(
    "content",
    [
        "", "1short", "list,line,amount,result\n", "line,result\n1,paid\n",
        "list,line,amount,result\n7,1,1,perhaps\n", "list,line,amount,result\n7,x,1,paid\n",
        "list,line,amount,result\n7,1,1,file_refused\n", "list,line,amount,result\n7,1,,paid\n",
        "list,line,amount,result\n7,1,1,paid\n7,1,1,paid\n",
        "list,line,amount,result\n7,1,1,paid\n8,2,1,paid\n",
        "list,line,amount,result\n7,1,1,paid,more\n", "list,line,amount,result\n７,1,1,paid\n",
        "list,line,amount,result\n7,1,\u00b2,paid\n",
        "list,line,amount,result\n7,1," + "9" * 20 + ",paid\n",
    ],
)  # fmt: skip
def test_an_answer_that_is_none_is_refused(content: str) -> None:
    with pytest.raises(TransferMalformed):
        read_answer(content.encode())


def test_bytes_of_no_text_are_no_answer() -> None:
    with pytest.raises(TransferMalformed):
        read_answer(b"\xff\xfe")
