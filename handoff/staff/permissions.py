"""Who may do what in the console and on Slack (権限表, R-167): one table, read by every edge.

A role may what its column says and nothing else; whoever may not is told so before anything is
looked up. Not here: whose a conversation is (`desk`), four eyes and approvals over limits (the
registers refuse those themselves).
"""

from enum import StrEnum

from catalog.duties.actors import STAFF_ROLES, Actor, Role
from catalog.ground.errors import Refused


class Act(StrEnum):
    """What somebody of the shop may be allowed."""

    LOOK = "look"  # inbox, pieces, cases, the customer's panel
    TALK = "talk"  # claim, answer, note, put aside, end
    DIRECT = "direct"  # assign others' conversations, answer in others' name, bulk
    SEE_CONTACT = "see_contact"  # telephone, address, e-mail, birthday unmasked
    EDIT_CUSTOMER = "edit_customer"
    CAPTURE = "capture"  # take pictures in, match the tray
    GRADE = "grade"
    EDIT_PIECE = "edit_piece"  # words, price, channel, holds
    SHARE = "share"  # pages that are passed on; originals need `export` too
    OFFER = "offer"  # appraise, approve up to one's limit (QUO-6), offer
    APPROVE = "approve"  # credit above the limit, disputed returns, compensation, overrides
    PAY = "pay"  # payouts, refunds, credit by hand
    BOOK = "book"  # appointments
    PLAN = "plan"  # hours and shifts of everybody
    WRITE_WORDS = "write_words"  # canned replies, macros, labels
    GRANT = "grant"  # partners and what they see
    RETRY = "retry"  # letters and events that were given up
    REPORT = "report"  # figures of the shop, credit liability, exposure
    EXPORT = "export"  # files that leave the house
    AUDIT = "audit"  # the journal
    KEEP = "keep"  # legal holds, deleting originals by two, a check of all of them
    SETTLE_TERMS = "settle_terms"  # policy
    STAFF = "staff"  # people, roles, sessions, keys


_EVERYBODY = {Act.LOOK}
_TALKS = {*_EVERYBODY, Act.TALK, Act.BOOK}
_FRONT = {*_TALKS, Act.SEE_CONTACT, Act.EDIT_CUSTOMER, Act.CAPTURE, Act.EDIT_PIECE, Act.SHARE}
_APPRAISES = {*_FRONT, Act.GRADE, Act.OFFER}
_LEADS = {*_APPRAISES, Act.DIRECT, Act.WRITE_WORDS, Act.RETRY, Act.REPORT}
_MANAGES = {*_LEADS, Act.APPROVE, Act.PLAN, Act.GRANT, Act.EXPORT, Act.AUDIT, Act.KEEP}

ALLOWED: dict[Role, frozenset[Act]] = {
    Role.OWNER: frozenset(Act),
    Role.MANAGER: frozenset({*_MANAGES, Act.PAY, Act.SETTLE_TERMS}),
    Role.SENIOR: frozenset(_LEADS),
    Role.APPRAISER: frozenset(_APPRAISES),
    Role.STORE: frozenset(_FRONT),
    Role.ADVISER: frozenset(_FRONT),
    Role.REMOTE: frozenset(_TALKS),
    Role.ACCOUNTING: frozenset({*_EVERYBODY, Act.SEE_CONTACT, Act.PAY, Act.REPORT, Act.EXPORT}),
    Role.AUDITOR: frozenset({*_EVERYBODY, Act.REPORT, Act.AUDIT}),
}


class NotAllowed(Refused):
    """The role does not include it. `act`."""

    def __init__(self, act: Act) -> None:
        super().__init__(f"your role does not include: {act}")
        self.act = act


def may(actor: Actor, act: Act) -> bool:
    """Whether the actor's role includes it; the bot, the clock and customers may nothing here."""
    return act in ALLOWED.get(actor.role, frozenset())


def need(actor: Actor, act: Act) -> None:
    """Raises NotAllowed."""
    if not may(actor, act):
        raise NotAllowed(act)


assert set(ALLOWED) == set(STAFF_ROLES)
