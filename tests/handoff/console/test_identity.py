"""Who sells and where they are paid, at the console (KOB-1, KOB-7, QUO-8, R-061): sealed at once,
shown by its end alone, and what waited for it goes on.
"""

import json
from collections.abc import Iterator

import pytest
from sqlalchemy import text
from sqlmodel import select

from catalog.buyback.payouts import accounts, queries
from catalog.buyback.stages import Stage
from catalog.duties.actors import Role
from catalog.duties.identity import actions as identity
from catalog.duties.identity.actions import Purpose
from catalog.duties.identity.tables import IdentityCheck
from catalog.duties.rules import Channel
from catalog.ground.session.database import Database
from tests.catalog.buyback.deals import ACCOUNT, KEYS, Deals
from tests.handoff.console.sent_pictures import sent_picture
from tests.handoff.console.test_case_intake import open_tasks, page_of
from tests.handoff.console.window import Opened, window

PERSON = {
    "name": "髙橋 花子", "kana": "たかはし はなこ", "address": "東京都港区南青山1-2-3",
    "born_on": "1985-04-01", "occupation": "会社員", "document": "driving_licence",
    "document_number": "012345678900",
}  # fmt: skip
BANK = {
    "bank_code": "０００１", "bank_name": "ミズホ", "branch_code": "110", "branch_name": "アオヤマ",
    "account_kind": "1", "number": "1234567", "holder": "タカハシ ハナコ",
}  # fmt: skip
SECRET = ("012345678900", "南青山", "1234567", "タカハシ", "たかはし", "1985-04-01")


@pytest.fixture
def deals(database: Database) -> Deals:
    return Deals(database)


@pytest.fixture
def seat(deals: Deals) -> Iterator[Opened]:
    with window(deals.database, lambda: deals.now) as opened:
        yield opened


def checks(deals: Deals) -> list[IdentityCheck]:
    rows = select(IdentityCheck).order_by(IdentityCheck.verified_at, IdentityCheck.id)
    return deals.database.read(lambda db: list(db.exec(rows)))


def everything(deals: Deals) -> str:
    """All that the registers hold in clear but the customer's own row."""
    tables = ("journal", "worklist", "identity_check", "payee_account", "payout", "outbox")
    return deals.database.read(
        lambda db: "".join(
            str(tuple(row))
            for table in tables
            for row in db.connection().execute(text(f"SELECT * FROM {table}"))
        )
    )


def accepted(deals: Deals, **more: bool) -> tuple[str, str]:
    """A case whose seller said yes and is not known yet: the seller, the case."""
    seller = deals.seller(checked=False, account=False)
    case_id = deals.here(seller)
    deals.accept(seller, deals.offered(case_id))
    assert deals.stage(case_id) is Stage.ACCEPTED
    return seller.id, case_id


def test_an_account_and_a_check_lead_an_accepted_piece_to_its_payment(
    deals: Deals, seat: Opened
) -> None:
    """R-061, KOB-1: account first, as the kit's method rests on it; the payment is planned and the
    customer told at once; nothing of it can be read anywhere in clear.
    """
    seller, case_id = accepted(deals)
    [task] = open_tasks(deals, "identity_wanted")
    case_no = deals.case(case_id).case_no
    page = f"/console/customers/{seller}/identity"
    here = f"{page}?case={case_no}"
    store = seat("中村", Role.STORE)
    assert f'href="{here}"' in store.page(f"/console/tasks/{task.id}")
    assert f'href="{here}"' in store.page(page_of(deals, case_id))
    copy = {"file-0": sent_picture(deals, seller), "document-0": "driving_licence"}
    early = store.send(here, page, **PERSON, **copy, **{"seen-1": "123-45-6"})
    assert early.status_code == 404  # no account of theirs yet
    assert store.send(here, f"/console/customers/{seller}/account", times=2, **BANK).headers[
        "location"
    ] == f"{page}?done=account&case={case_no}"  # fmt: skip
    told = store.page(here)
    assert "****567" in told
    assert "1234567" not in told
    missing = store.send(here, page, **PERSON, **copy)
    assert missing.status_code == 409
    assert checks(deals) == []
    done = store.send(here, page, times=2, **PERSON, **copy, **{"seen-1": "123-45-6"})
    assert done.status_code == 303
    [check] = checks(deals)
    assert (check.customer_id, check.verified_by) == (seller, store.actor.name)
    payee = deals.database.read(lambda db: accounts.current(db, seller))
    assert payee is not None
    assert {each["ref"] for each in check.evidence} == {
        "received:01PICTURE",
        "123-45-6",
        f"payee:{payee.id}",
    }
    assert deals.stage(case_id) is Stage.PAY_SCHEDULED
    assert deals.notices(f"case:{case_id}").count("pay_scheduled") == 1
    assert open_tasks(deals, "identity_wanted") == []
    [payout] = deals.payouts(case_id)
    assert deals.database.read(lambda db: queries.block(db, payout)) is None
    assert [each for each in SECRET if each in everything(deals)] == []
    assert [each for each in SECRET if each in store.page(here) and each != "タカハシ"] == []
    person = deals.database.write(
        lambda db: identity.open_identity(
            db, KEYS, check.id, by="t", purpose=Purpose.LEDGER, now=deals.now
        )
    )
    assert json.dumps([person.name, person.document_number], ensure_ascii=False) == json.dumps(
        [PERSON["name"], PERSON["document_number"]], ensure_ascii=False
    )


def test_an_account_in_another_name_carries_no_check_and_no_payment(
    deals: Deals, seat: Opened
) -> None:
    """QUO-8: the name agrees, or nothing is paid; said in words."""
    seller, case_id = accepted(deals)
    page = f"/console/customers/{seller}/identity"
    here, store = f"{page}?case={deals.case(case_id).case_no}", seat("中村", Role.STORE)
    account = f"/console/customers/{seller}/account"
    assert store.send(here, account, **{**BANK, "holder": "スズキ イチロウ"}).status_code == 303
    copy = {"file-0": sent_picture(deals, seller), "document-0": "driving_licence"}
    told = {**PERSON, **copy, "seen-1": "123-45-6"}
    refused = store.send(here, page, **told)
    assert refused.status_code == 409
    assert "口座の名義が、書類の氏名と違います" in refused.text
    assert checks(deals) == []
    wrong = store.send(here, account, **{**BANK, "holder": "鈴木"})
    assert wrong.status_code == 422
    assert "カタカナと英数字" in wrong.text
    assert store.send(here, account, **BANK).status_code == 303
    assert store.send(here, page, **told).status_code == 303
    assert "本人確認の氏名と一致" in store.page(here)
    assert store.send(here, account, **{**BANK, "holder": "スズキ イチロウ"}).status_code == 303
    assert "口座名義が本人確認の氏名と違います" in store.page(here)
    [payout] = deals.payouts(case_id)
    assert deals.database.read(lambda db: queries.block(db, payout)) == "name_differs"


def test_at_the_counter_the_document_itself_is_seen(deals: Deals, seat: Opened) -> None:
    """KOB-1: the method fits the way the goods came; a number that may not be noted is not."""
    seller = deals.seller(checked=False, account=False)
    case_id = deals.here(seller, channel=Channel.STORE_DROP)
    page = f"/console/customers/{seller.id}/identity"
    here, store = f"{page}?case={deals.case(case_id).case_no}", seat("中村", Role.STORE)
    assert store.form(here, page).fields["method"] == "face_to_face"
    card = {**PERSON, "document": "my_number_card", "eye-0": "yes"}
    assert store.send(here, page, **card).status_code == 422
    assert store.send(here, page, **{**card, "document_number": "", "eye-0": ""}).status_code == 409
    assert store.send(here, page, **{**card, "document_number": ""}).status_code == 303
    [check] = checks(deals)
    assert store.send(here, f"/console/customers/{seller.id}/revoke", doubt="forged", times=2)
    assert checks(deals)[0].revoked_at is not None
    assert "使える本人確認がありません" in store.page(here)
    other = deals.seller()
    form = store.form(here, "/console/sign-out").fields
    stolen = {"csrf": form["csrf"], "key": "k", "check": check.id, "doubt": "forged"}
    assert store.post(f"/console/customers/{other.id}/revoke", stolen).status_code == 404


def test_the_back_of_a_my_number_card_is_destroyed_and_carries_no_check(
    deals: Deals, seat: Opened
) -> None:
    """PII-1: copying it is prohibited; a task says which picture goes."""
    seller, case_id = accepted(deals)
    picture = sent_picture(deals, seller)
    page = f"/console/customers/{seller}/identity"
    here, store = f"{page}?case={deals.case(case_id).case_no}", seat("中村", Role.STORE)
    store.send(here, f"/console/customers/{seller}/account", **BANK)
    card = {**PERSON, "document": "my_number_card", "document_number": "", "file-0": picture,
            "document-0": "my_number_card", "side-0": "back", "seen-1": "123"}  # fmt: skip
    answer = store.send(here, page, **card)
    assert "done=picture" in answer.headers["location"]
    assert "保管できない画像です" in store.page(answer.headers["location"])
    assert checks(deals) == []
    [task] = deals.tasks("identity_picture_destroy")
    assert task.facts["asset"] == f"received:{picture}"
    assert store.send(here, page, **{**card, "side-0": "front"}).status_code == 303
    [check] = checks(deals)
    assert check.evidence[0]["sha256"] == "c" * 64


def test_each_picture_is_judged_by_the_document_it_shows_and_words_stand_for_none(
    deals: Deals, seat: Opened
) -> None:
    """PII-1: of a licence and a card of the insurer the card alone is masked, whichever is looked
    at first; nothing that was typed lies in clear.
    """
    seller = deals.seller(checked=False, account=False)
    case_no = deals.case(deals.here(seller)).case_no
    first, second = sent_picture(deals, seller.id), sent_picture(deals, seller.id, "01SECOND")
    page = f"/console/customers/{seller.id}/identity"
    here, store = f"{page}?case={case_no}&method=two_documents_and_mail", seat("中村", Role.STORE)
    both = {
        **PERSON, "file-0": first, "document-0": "driving_licence", "kind-1": "second_id_copy",
        "file-1": second, "document-1": "health_insurance", "seen-2": "123-45-6",
    }  # fmt: skip
    told = {**both, "masked-1": "yes"}
    assert "done=picture" in store.send(here, page, **both).headers["location"]
    [task] = deals.tasks("identity_picture_mask")
    assert task.facts["asset"] == f"received:{second}"
    for untold in ({"document-1": ""}, {"document-1": "driving_licence"},
                   {"document-0": "passport"}):  # fmt: skip
        refused = store.send(here, page, **{**both, **untold})
        assert refused.status_code == 422
        assert "写っている書類を選んでください" in refused.text
    for typed in ({"file-0": "", "seen-0": "12"}, {"file-1": "", "seen-1": "12"}):
        assert store.send(here, page, **{**told, **typed}).status_code == 409
    words = store.send(here, page, **{**told, "seen-2": "髙橋花子 1"})
    assert words.status_code == 422
    assert "番号だけを半角の英数字で" in words.text
    assert checks(deals) == []
    assert store.send(here, page, **told).status_code == 303
    [check] = checks(deals)
    assert [each["ref"] for each in check.evidence] == [
        f"received:{first}", f"received:{second}", "123-45-6",
    ]  # fmt: skip
    assert [each.id for each in deals.tasks("identity_picture_mask")] == [task.id]
    insured = {**told, "document": "health_insurance", "document_number": "",
               "document-0": "health_insurance", "document-1": "driving_licence",
               "masked-0": "yes", "masked-1": ""}  # fmt: skip
    assert "done=checked" in store.send(here, page, **insured).headers["location"]


def test_a_guardian_agrees_to_one_deal_of_a_minor(deals: Deals, seat: Opened) -> None:
    """KOB-7: of age on the birthday; until then a guardian's consent to that very case."""
    seller = deals.seller(checked=False)
    case_id = deals.here(seller, channel=Channel.STORE_DROP)
    deals.accept(seller, deals.offered(case_id))
    page = f"/console/customers/{seller.id}/identity"
    here, store = f"{page}?case={deals.case(case_id).case_no}", seat("中村", Role.STORE)
    young = {**PERSON, "born_on": "2009-10-10", "eye-0": "yes"}
    assert store.send(here, page, **young).status_code == 303
    assert deals.stage(case_id) is Stage.ACCEPTED
    assert "18歳未満" in store.page(here)
    consent = {"name": "髙橋 太郎", "relation": "父", "phone": "03-1234-5678", "paper": "同意書1"}
    sent = store.send(here, f"/console/customers/{seller.id}/guardian", times=2, **consent)
    assert sent.status_code == 303
    assert deals.stage(case_id) is Stage.PAY_SCHEDULED
    assert "03-1234-5678" not in everything(deals)


def test_who_may_not_edit_customers_neither_sees_nor_sends_it(deals: Deals, seat: Opened) -> None:
    """R-167: who pays does not say where to; an unknown customer is not there."""
    seller = deals.seller()
    page = f"/console/customers/{seller.id}/identity"
    for role in (Role.ACCOUNTING, Role.REMOTE, Role.AUDITOR):
        person = seat(role.value, role)
        assert person.get(page).status_code == 403
        csrf = person.form("/console/me", "/console/sign-out").fields["csrf"]
        told = {"csrf": csrf, "key": "k", **BANK}
        assert person.post(f"/console/customers/{seller.id}/account", told).status_code == 403
    store = seat("中村", Role.STORE)
    assert store.get("/console/customers/nobody/identity").status_code == 404
    csrf = store.form("/console/me", "/console/sign-out").fields["csrf"]
    told = {"csrf": csrf, "key": "k", **BANK}
    assert store.post("/console/customers/nobody/account", told).status_code == 404
    before = deals.database.read(lambda db: accounts.current(db, seller.id))
    assert before is not None
    kept = deals.database.read(lambda db: accounts.opened(db, KEYS, before.id))
    assert kept == ACCOUNT
