"""A consignment contract read and accepted in the chat (委託契約の締結, R-067, R-070, R-079).

証: 委託契約 K-261122-7F3K9QX2(版 consignment-1 ja) …  1. 対象 … 2. お受取額 …
    [この内容で契約する] [やめる] [担当者と話す]
客: (button)
証: ご契約が成立しました。… 文面の控え: 版 consignment-1 ja、SHA-256 3f9a…

What is kept is the version and the SHA-256 of the very text that was shown; a text that has changed
meanwhile is shown again before anything binds.
"""

from datetime import datetime
from hashlib import sha256

from catalog.consignment import actions, backing, proposals, queries
from catalog.consignment.actions import ShownText
from catalog.consignment.backing import GuaranteeUnbound
from catalog.consignment.contracts import ContractElsewhere, UnitPromised, terms_of, yen_of
from catalog.consignment.queries import Status
from catalog.consignment.states import ContractState, Settlement
from catalog.consignment.terms import ConsignmentTerms
from catalog.credit import consents
from catalog.duties.identity.queries import IdentityMissing, SellerTooYoung
from catalog.ground.record import CustomerId
from conversations.flows.consigned import TASK, consignor, key_of, named, of_one, say, words
from conversations.flows.consigned_price import due_at
from conversations.flows.flow import Answer, Asked, confirm
from conversations.messages import Text

_TEXT = "consignment-1"  # of the sentences; raised with every change to them
_SIGNABLE = frozenset({ContractState.PROPOSED})


def contract(asked: Asked) -> Answer:
    """The whole text, and the button that binds."""
    return of_one(asked, f"{TASK}.contract", _show, fits=_SIGNABLE, is_declined_too=True)


def _show(asked: Asked, status: Status) -> Answer:
    told, name = words(asked), named(asked, status)
    if status.state is not ContractState.PROPOSED:
        return say(asked, told.contract_settled(name, told.stage(status.stage)))
    if backing.is_over(asked.db, queries.get(asked.db, status.contract_id), _pressed_at(asked)):
        return _over(asked, status)
    text, shown = _text(asked, status)
    return confirm(
        asked,
        told.contract_question(status.contract_no),
        verb=f"{TASK}.sign",
        label=told.button_sign(),
        letters=[Text(text)],
        memory=asked.memory.about(status.unit_code).closing(),
        contract=status.contract_id,
        text=shown.sha256,
    )


def _text(asked: Asked, status: Status) -> tuple[str, ShownText]:
    """The words of this contract in this language, and what is kept of them."""
    row = queries.get(asked.db, status.contract_id)
    terms: ConsignmentTerms = terms_of(asked.db, row)
    version = f"{_TEXT} {words(asked).lang} p{row.policy_version}"
    text = words(asked).contract_text(
        row.contract_no,
        version,
        named(asked, status),
        status.unit_code,
        price=row.initial_list_price,
        least=row.min_price,
        guarantee=yen_of(row.guarantee_amount),
        tiers=terms.tiers,
        is_slab=terms.tier_mode == "slab",
        drops=terms.drop_steps,
        term_days=terms.term_days,
        grace_days=terms.grace_days,
        in_credit=row.settles_in == Settlement.CREDIT.value,
    )
    return text, ShownText(version, sha256(text.encode()).hexdigest())


def sign(asked: Asked) -> Answer:
    """The button: accepted at the moment of the press, by the channel's own clock."""
    return of_one(asked, f"{TASK}.contract", _sign, is_declined_too=True)


def _sign(asked: Asked, status: Status) -> Answer:
    told, name = words(asked), named(asked, status)
    if status.state is not ContractState.PROPOSED:
        return say(asked, told.contract_settled(name, told.stage(status.stage)))
    _, shown = _text(asked, status)
    if asked.slots.get("text") != shown.sha256:
        return _show(asked, status)
    try:
        with asked.db.begin_nested():
            actions.agree(
                asked.db,
                status.contract_id,
                shown,
                accepted_at=_pressed_at(asked),
                consent_id=_consent(asked, status, shown),
                actor=consignor(asked),
                now=asked.now,
                key=key_of(asked, "sign", status),
            )
    except GuaranteeUnbound:
        return _over(asked, status)
    except (IdentityMissing, SellerTooYoung):
        return say(asked, told.identity_first(name))
    except (UnitPromised, ContractElsewhere):
        return say(asked, told.contract_settled(name, told.stage(status.stage)))
    now_is = queries.status(asked.db, status.contract_id, now=asked.now)
    text = told.signed(name, shown.version, shown.sha256[:12], now_is.last_day)
    return say(asked, text)


def _pressed_at(asked: Asked) -> datetime:
    """By the channel's own clock."""
    return min(asked.event.at, asked.now)


def _over(asked: Asked, status: Status) -> Answer:
    """The offer behind the guaranteed price does not hold any more: a person proposes anew."""
    due = due_at(asked)
    row = queries.get(asked.db, status.contract_id)
    proposals.propose_anew(asked.db, row, due_at=due, now=asked.now)
    by = asked.voice.moment(due, now=asked.now)
    return say(asked, words(asked).offer_over(named(asked, status), by))


def _consent(asked: Asked, status: Status, shown: ShownText) -> str | None:
    """Who is paid in credit was told in the text that it is never paid out (CRD-13)."""
    row = queries.get(asked.db, status.contract_id)
    if row.settles_in != Settlement.CREDIT.value:
        return None
    customer = CustomerId(row.customer_id)
    return consents.agree(
        asked.db,
        customer,
        consents.NEVER_PAID_OUT,
        text_version=shown.version,
        source=asked.event.channel,
        document=f"contract:{row.id}",
        by=f"customer:{customer}",
        now=asked.now,
    )
