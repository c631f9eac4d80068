"""Every way to check an identity: what it needs, when it may be used (KOB-1, AML-1)."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.duties.identity.methods import (
    COURIER_KIT,
    METHODS,
    Evidence,
    Method,
    is_in_force,
    missing_evidence,
    serves,
    valid_through,
)
from catalog.duties.identity.rules import (
    EvidenceMissing,
    MethodNotInForce,
    Seen,
    check_evidence,
    serves_through,
)
from catalog.duties.rules import Channel
from catalog.duties.terms import DutyTerms

TERMS = DutyTerms()
DAY = date(2026, 11, 22)


def test_there_are_twelve_ways_without_meeting_and_one_with_kob_1() -> None:
    assert set(METHODS) == set(Method)
    assert sum(serves(method, Channel.MAIL_IN) for method in Method) == 12
    for channel in (Channel.HOME_VISIT, Channel.STORE_DROP):
        assert [method for method in Method if serves(method, channel)] == [Method.FACE_TO_FACE]


def test_a_plain_copy_is_not_enough_for_any_method_kob_1() -> None:
    for method in Method:
        assert missing_evidence(method, {Evidence.ID_COPY})


def test_the_courier_kit_needs_pictures_a_code_by_mail_and_the_account_kob_1() -> None:
    assert [set(group) for group in METHODS[COURIER_KIT].needs] == [
        {Evidence.ID_COPY}, {Evidence.NO_FORWARD_MAIL_DELIVERED}, {Evidence.OWN_NAME_ACCOUNT}
    ]  # fmt: skip


@given(st.sampled_from(Method), st.sets(st.sampled_from(Evidence)))
def test_a_check_is_whole_exactly_with_one_of_every_group_kob_1(
    method: Method, held: set[Evidence]
) -> None:
    seen = [Seen(kind, "asset:1", sha256="0" * 64, made_on=DAY) for kind in held]
    is_whole = all(group & held for group in METHODS[method].needs)
    if is_whole:
        check_evidence(TERMS, method, seen, DAY)
        return
    with pytest.raises(EvidenceMissing) as short:
        check_evidence(TERMS, method, seen, DAY)
    assert all(not group & held for group in short.value.groups)


def test_a_supplementary_document_counts_for_six_months_kob_1() -> None:
    kinds = (Evidence.ID_COPY, Evidence.NO_FORWARD_MAIL_DELIVERED)
    held = [Seen(kind, "asset:1", sha256="0" * 64) for kind in kinds]

    def tried(made_on: date | None) -> None:
        bill = Seen(Evidence.SUPPLEMENTARY_DOCUMENT, "asset:2", made_on=made_on)
        check_evidence(TERMS, Method.TWO_DOCUMENTS_AND_MAIL, [*held, bill], DAY)

    tried(date(2026, 5, 22))
    for made_on in (date(2026, 5, 21), None):
        with pytest.raises(EvidenceMissing):
            tried(made_on)


def test_pictures_of_documents_end_with_march_2027_aml_1() -> None:
    ending = {method for method in Method if valid_through(TERMS, method) == date(2027, 3, 31)}
    assert Method.FACE_AND_ID_IMAGE in ending
    assert not ending & {Method.FACE_AND_IC_CHIP, Method.JPKI, Method.FACE_TO_FACE}
    for method in ending:
        assert is_in_force(TERMS, method, date(2027, 3, 31))
        assert not is_in_force(TERMS, method, date(2027, 4, 1))
        seen = [Seen(sorted(group)[0], "a", made_on=DAY) for group in METHODS[method].needs]
        with pytest.raises(MethodNotInForce):
            check_evidence(TERMS, method, seen, date(2027, 4, 1))


def test_a_method_does_not_serve_before_the_law_knew_it_kob_1() -> None:
    assert not is_in_force(TERMS, Method.FACE_AND_IC_CHIP, date(2018, 10, 23))
    assert is_in_force(TERMS, Method.FACE_AND_IC_CHIP, date(2018, 10, 24))


@given(st.sampled_from(Method), st.dates(date(2020, 1, 1), date(2027, 3, 31)))
def test_a_check_never_serves_longer_than_its_method_kob_1(method: Method, on: date) -> None:
    through = serves_through(TERMS, method, on)
    assert through <= on + timedelta(days=365)
    assert on <= through <= valid_through(TERMS, method)
