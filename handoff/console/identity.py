"""Who a seller is and where they are paid (本人確認・振込先): noted by staff as law and bank want
it, sealed at once (KOB-1, KOB-7, QUO-8, R-061).

    GET  /console/customers/{customer}/identity?method=&case=   the checks there are, and the forms
    POST /console/customers/{customer}/identity                 a check, by the method chosen
    POST /console/customers/{customer}/revoke                   a check is in doubt
    POST /console/customers/{customer}/guardian                 a guardian agreed to one case
    POST /console/customers/{customer}/account                  where they are paid from now on

What was typed goes into the sealed row and nowhere else: no answer repeats it, the journal has ids
alone. `case`: where the way leads back. Not here: what waits for it (`catalog.buyback.sellers`).
"""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from sqlmodel import Session, col, select

from catalog.buyback import sellers
from catalog.buyback.cases import CaseMissing
from catalog.buyback.payouts import accounts
from catalog.buyback.payouts.tables import PayeeAccount
from catalog.buyback.payouts.zengin import AccountKind, BankAccount
from catalog.buyback.tables import BuybackCase
from catalog.consignment import settling as consignors
from catalog.customers import queries as customers
from catalog.customers.newcomers import surviving, whole
from catalog.duties.identity import actions as checks
from catalog.duties.identity import queries
from catalog.duties.identity.actions import Doubt, Guardian, NewCheck
from catalog.duties.identity.documents import (
    Document,
    DocumentUntold,
    Fate,
    Picture,
    Side,
)
from catalog.duties.identity.methods import (
    COURIER_KIT,
    IMAGES,
    METHODS,
    OF_DOCUMENT,
    Evidence,
    Method,
    is_in_force,
    serves,
)
from catalog.duties.identity.rules import Person, Seen
from catalog.duties.identity.tables import IdentityCheck
from catalog.duties.rules import Channel
from catalog.duties.sealing import DataKeys
from catalog.duties.terms import DutyTerms
from catalog.ground import policy
from catalog.ground.calendar import tokyo_day
from catalog.ground.errors import Unavailable
from catalog.ground.record import CustomerId
from handoff.clientbook import panel
from handoff.console.asked import FieldMalformed, day_of, key_of, maybe_words, names, words_of
from handoff.console.case_named import case_of
from handoff.console.door import Visit, checked, onward, place, who
from handoff.console.office import Office
from handoff.console.pages import page
from handoff.staff.permissions import Act
from media.intake import received
from media.intake.tables import ReceivedFile, ReceivedState

_MOST_FILES = 40
_LONGEST = 200
# Seen at the spot, by the person of the shop who signs for it: there is no paper to name.
BY_EYE = frozenset(
    {
        Evidence.DOCUMENT_SHOWN,
        Evidence.ELECTRONIC_SIGNATURE,
        Evidence.IC_CHIP,
        Evidence.JPKI_SIGNATURE,
        Evidence.LOGIN,
        Evidence.EARLIER_CHECK,
    }
)
# A picture of a document, as the seller sent it; of a document they may show what is not kept.
PICTURED = frozenset(
    {
        Evidence.ID_COPY,
        Evidence.SECOND_ID_COPY,
        Evidence.SUPPLEMENTARY_DOCUMENT,
        Evidence.RESIDENCE_RECORD,
        Evidence.SEAL_CERTIFICATE,
        Evidence.FACE_IMAGE,
        Evidence.ID_IMAGE_BY_APP,
    }
)

Chosen = Annotated[str, Query(max_length=60)]


class SealingOff(Unavailable):
    """This process has no DATA_KEY to seal a person's data with."""


@dataclass(frozen=True, slots=True)
class Known:
    """An account they are paid to, as far as it is shown, and whether a check that nobody doubts is
    in the holder's name; None: nobody is checked.
    """

    row: PayeeAccount
    told: accounts.Masked
    is_holder: bool | None


def add(made: APIRouter, office: Office) -> None:
    """The addresses of both."""

    @made.get("/customers/{customer}/identity")
    async def identity(
        request: Request, customer: str, method: Chosen = "", case: Chosen = "", done: Chosen = ""
    ) -> Response:
        visit = await who(office, request, Act.EDIT_CUSTOMER)
        keys = _keys(office)
        facts = await office.units.read(
            lambda db: _facts(db, keys, visit, CustomerId(customer), method, case)
        )
        return page("identity", visit.lang, {**facts, "done": done if done.isalpha() else ""})

    @made.post("/customers/{customer}/identity")
    async def check(request: Request, customer: str) -> Response:
        visit, form = await checked(office, request, Act.EDIT_CUSTOMER)
        keys = _keys(office)
        done = await office.units.write(
            lambda db: _check(db, keys, CustomerId(customer), visit, form)
        )
        return _back(request, customer, form, done)

    @made.post("/customers/{customer}/revoke")
    async def revoke(request: Request, customer: str) -> Response:
        visit, form = await checked(office, request, Act.EDIT_CUSTOMER)
        keys = _keys(office)

        def unit(db: Session) -> None:
            row = _check_of(db, CustomerId(customer), form)
            if form.get("doubt") not in set(Doubt):
                raise FieldMalformed("doubt")
            doubt, actor = Doubt(form["doubt"]), visit.session.actor
            sellers.doubt_identity(db, keys, row.id, doubt, actor=actor, now=visit.now)
            consignors.go_on(db, CustomerId(row.customer_id), now=visit.now)

        await office.units.write(unit)
        return _back(request, customer, form, "revoked")

    @made.post("/customers/{customer}/guardian")
    async def guardian(request: Request, customer: str) -> Response:
        visit, form = await checked(office, request, Act.EDIT_CUSTOMER)
        keys = _keys(office)
        await office.units.write(lambda db: _guardian(db, keys, CustomerId(customer), visit, form))
        return _back(request, customer, form, "guardian")

    @made.post("/customers/{customer}/account")
    async def account(request: Request, customer: str) -> Response:
        visit, form = await checked(office, request, Act.EDIT_CUSTOMER)
        keys = _keys(office)

        def unit(db: Session) -> None:
            whose, key = _customer(db, CustomerId(customer), visit), key_of(form, visit)
            actor = visit.session.actor
            sellers.note_account(db, keys, whose, _account(form), actor=actor, now=visit.now,
                                 key=key)  # fmt: skip
            consignors.go_on(db, whose, now=visit.now)

        await office.units.write(unit)
        return _back(request, customer, form, "account")


def _keys(office: Office) -> DataKeys:
    if office.keys is None:
        raise SealingOff("nothing can be sealed here")
    return office.keys


def _back(request: Request, customer: str, form: Mapping[str, str], done: str) -> Response:
    """Where it was pressed, with the case that asked for it."""
    case = form.get("case", "")
    known = f"&case={case}" if case.replace("-", "").isalnum() and case.isascii() else ""
    return onward(f"{place('customers', customer, 'identity')}?done={done}{known}", request)


def _customer(db: Session, customer: CustomerId, visit: Visit) -> CustomerId:
    """Somebody of the register who was not erased, as who they are today. Raises NobodyThere."""
    found = panel.of_customer(db, customer, now=visit.now).person
    if found is None or found.is_erased:
        raise panel.NobodyThere(customer)
    return surviving(db, customer)


def _check_of(db: Session, customer: CustomerId, form: Mapping[str, str]) -> IdentityCheck:
    """The check of this customer that the form names. Raises IdentityUnknown."""
    row = db.get(IdentityCheck, form.get("check", ""))
    if row is None or row.id not in {each.id for each in queries.of_customer(db, customer)}:
        raise checks.IdentityUnknown("no such check")
    return row


def _facts(
    db: Session, keys: DataKeys, visit: Visit, customer: CustomerId, method: str, case: str
) -> dict[str, Any]:
    """What the page tells. Raises NobodyThere, CaseMissing."""
    customer = _customer(db, customer, visit)
    today, terms = tokyo_day(visit.now), policy.current(db).of(DutyTerms)
    asked = _case(db, customer, case)
    channel = Channel(asked.channel) if asked is not None and asked.channel else None
    in_force = [each for each in METHODS if is_in_force(terms, each, today)]
    chosen = Method(method) if method in set(Method) else _usual(in_force, channel)
    found = queries.of_customer(db, customer)
    serving = queries.serving(db, customer, on=today, channel=channel)
    young = serving if serving is not None and not serving.is_of_age else None
    return {
        "visit": visit,
        "person": panel.of_customer(db, customer, now=visit.now).person,
        "case": asked,
        "checks": found,
        "serving": serving,
        "people": names(db),
        "methods": in_force,
        "fitting": [each for each in in_force if channel is None or serves(each, channel)],
        "chosen": chosen,
        "groups": [sorted(group) for group in METHODS[chosen].needs],
        "by_eye": BY_EYE,
        "pictured": PICTURED,
        "images": IMAGES,
        "of_document": OF_DOCUMENT,
        "documents": list(Document),
        "doubts": list(Doubt),
        "files": _files(db, customer),
        "accounts": _known(db, keys, customer, serving),
        "kinds": list(AccountKind),
        "young": young,
        "deals": _deals(db, customer) if young is not None else [],
        "today": today,
    }


def _usual(in_force: Sequence[Method], channel: Channel | None) -> Method:
    """By post what the kit is made for, at the counter and at home the document itself."""
    if channel is not Channel.MAIL_IN:
        return Method.FACE_TO_FACE
    fitting = [each for each in in_force if serves(each, Channel.MAIL_IN)]
    return COURIER_KIT if COURIER_KIT in fitting else fitting[0]


def _case(db: Session, customer: CustomerId, no: str) -> BuybackCase | None:
    """The case that asks for it. Raises CaseMissing."""
    if not no:
        return None
    found = case_of(db, no)
    if found.customer_id not in whole(db, customer):
        raise CaseMissing(no)
    return found


def _deals(db: Session, customer: CustomerId) -> Sequence[BuybackCase]:
    return db.exec(
        select(BuybackCase)
        .where(BuybackCase.customer_id == customer)
        .order_by(col(BuybackCase.opened_at).desc())
        .limit(20)
    ).all()


def _files(db: Session, customer: CustomerId) -> list[ReceivedFile]:
    """The pictures they sent, the latest first."""
    talks = customers.conversations(db, customer)
    found = [
        each
        for talk in talks
        for each in received.of_conversation(db, talk, limit=_MOST_FILES)
        if each.kind == "image" and each.state == ReceivedState.STORED.value
    ]
    return sorted(found, key=lambda each: each.sent_at, reverse=True)[:_MOST_FILES]


def _known(
    db: Session, keys: DataKeys, customer: CustomerId, check: IdentityCheck | None
) -> list[Known]:
    return [
        Known(each, accounts.masked(db, keys, each.id), _is_holder(db, each, check))
        for each in accounts.of_person(db, customer)
    ]


def _is_holder(db: Session, row: PayeeAccount, check: IdentityCheck | None) -> bool | None:
    if check is None:
        return None
    if check.customer_id == row.customer_id:
        return queries.is_verified_name(db, check.id, row.name_key)
    return queries.is_verified_holder(db, row.customer_id, row.name_key)


def _check(
    db: Session, keys: DataKeys, customer: CustomerId, visit: Visit, form: Mapping[str, str]
) -> str:
    """A check, or, where a picture shows what may not be kept, the task to destroy or mask it and
    no check (PII-1); which of both.
    """
    whose, key = _customer(db, customer, visit), key_of(form, visit)
    if form.get("method") not in set(Method):
        raise FieldMalformed("method")
    method, person = Method(form["method"]), _person(form)
    seen, is_kept = [], True
    for n, group in enumerate(METHODS[method].needs):
        told = _seen(db, whose, visit, form, n, sorted(group))
        if told is None:
            continue
        seen.append(told)
        if told.kind in OF_DOCUMENT:
            picture = _picture(form, n, told.kind, person.document)
            by = visit.session.actor.name
            fate = checks.take_picture(db, whose, told.ref, picture, by=by, now=visit.now)
            is_kept &= fate is Fate.KEEP
    if not is_kept:
        return "picture"
    check = NewCheck(whose, method, person, seen)
    sellers.note_identity(db, keys, check, actor=visit.session.actor, now=visit.now, key=key)
    consignors.go_on(db, whose, now=visit.now)
    return "checked"


def _person(form: Mapping[str, str]) -> Person:
    if form.get("document") not in set(Document):
        raise FieldMalformed("document")
    return Person(
        name=words_of(form, "name", most=_LONGEST),
        kana=words_of(form, "kana", most=_LONGEST),
        address=words_of(form, "address", most=_LONGEST),
        born_on=day_of(form, "born_on"),
        occupation=words_of(form, "occupation", most=_LONGEST),
        document=Document(form["document"]),
        document_number=maybe_words(form, "document_number", most=60),
    )


def _seen(
    db: Session, customer: CustomerId, visit: Visit, form: Mapping[str, str], n: int,
    group: Sequence[Evidence],
) -> Seen | None:  # fmt: skip
    """One piece of evidence of the form: what was looked at by eye, a picture they sent, or a
    number; a picture alone stands for a picture. None where nothing was told; the method says then
    what is missing.
    """
    told = form.get(f"kind-{n}", group[0].value)
    if told not in group:
        raise FieldMalformed(f"kind-{n}")
    kind = Evidence(told)
    if kind is Evidence.OWN_NAME_ACCOUNT:
        return Seen(kind, "payee")  # which one, the verb looks up
    made_on = day_of(form, f"made-{n}") if form.get(f"made-{n}", "") else None
    if file_id := form.get(f"file-{n}", ""):
        file = next((each for each in _files(db, customer) if each.id == file_id), None)
        if file is None:
            raise received.ReceivedMissing(file_id)
        return Seen(kind, f"received:{file.id}", file.sha256, made_on)
    if kind in BY_EYE and form.get(f"eye-{n}") == "yes":
        return Seen(kind, f"seen:{visit.session.staff_id}:{form.get('key', '')}", None, made_on)
    number = maybe_words(form, f"seen-{n}", most=100)
    if number is None or kind in IMAGES or kind in BY_EYE:
        return None
    told = unicodedata.normalize("NFKC", number).replace(" ", "")
    return Seen(kind, told, None, made_on)


def _picture(form: Mapping[str, str], n: int, kind: Evidence, checked: Document) -> Picture:
    """What a picture shows, told for each of them: a second copy is of another document. Raises
    DocumentUntold.
    """
    told = form.get(f"document-{n}", "")
    is_second = kind is Evidence.SECOND_ID_COPY
    if told not in set(Document) or (told == checked.value) is is_second:
        raise DocumentUntold(checked)
    side = Side.BACK if form.get(f"side-{n}") == Side.BACK.value else Side.FRONT
    return Picture(Document(told), side, form.get(f"masked-{n}") == "yes")


def _guardian(
    db: Session, keys: DataKeys, customer: CustomerId, visit: Visit, form: Mapping[str, str]
) -> None:
    row = _check_of(db, customer, form)
    guardian = Guardian(
        words_of(form, "name", most=_LONGEST),
        words_of(form, "relation", most=60),
        words_of(form, "phone", most=40),
    )
    paper = Seen(Evidence.SEALED_FORM, words_of(form, "paper", most=100))
    sellers.note_guardian(
        db, keys, row.id, guardian, paper, case_id=case_of(db, form.get("deal", "")).id,
        actor=visit.session.actor, now=visit.now, key=key_of(form, visit),
    )  # fmt: skip
    consignors.go_on(db, CustomerId(row.customer_id), now=visit.now)


def _account(form: Mapping[str, str]) -> BankAccount:
    if form.get("account_kind") not in set(AccountKind):
        raise FieldMalformed("account_kind")
    return BankAccount(
        _digits(form, "bank_code", most=4),
        words_of(form, "bank_name", most=60),
        _digits(form, "branch_code", most=3),
        words_of(form, "branch_name", most=60),
        AccountKind(form["account_kind"]),
        _digits(form, "number", most=7).zfill(7),
        words_of(form, "holder", most=100),
    )


def _digits(form: Mapping[str, str], name: str, *, most: int) -> str:
    """`０００１` or `0001`."""
    return unicodedata.normalize("NFKC", words_of(form, name, most=most))
