"""What a seller is told of a buyback case (買取の進み具合, R-045, R-051 to R-054).

証: 【到着 K-1042】1点のお品物が到着しました。封印に異常はございませんでした。
    査定の結果は、1営業日以内にお知らせします。 [担当者と話す]
"""

from catalog.buyback import referrals
from catalog.buyback.inquiry import Purpose, QuoteState
from catalog.buyback.tables import Quote
from catalog.buyback.terms import QuoteTerms
from catalog.ground import policy
from catalog.ground.record import PartnerId
from catalog.partners import queries as partners
from conversations.flows.flow import tap
from conversations.messages import Button, Tone
from conversations.reminders.gate import Kind
from conversations.reminders.phase import Phase, Phases, Told
from conversations.reminders.sheet import NoticeMalformed, Sheet

_CASH = "cash"
_CONSIGN = "consign"


def _no(sheet: Sheet) -> str:
    return sheet.text("case_no")


def _inquiry(sheet: Sheet) -> Told:
    return sheet.say(sheet.words.inquiry(_no(sheet), sheet.yen("pieces")))


def _quoted(sheet: Sheet) -> Told:
    """A range nobody is bound by, always called so (QUO-4)."""
    low, high = sheet.yen("low"), sheet.yen("high")
    through = sheet.day("valid_through")
    return sheet.say(sheet.words.quoted(_no(sheet), sheet.piece(), low, high, through))


def _no_offer(sheet: Sheet) -> Told:
    return sheet.say(sheet.words.no_offer(_no(sheet), sheet.piece()))


def _quote_expired(sheet: Sheet) -> Told:
    return sheet.say(sheet.words.quote_expired(_no(sheet), sheet.piece()))


def _submitted(sheet: Sheet) -> Told:
    fees = sheet.facts.get("fees") or {}
    told = sheet.words.submitted(
        _no(sheet),
        sheet.text("channel"),
        sheet.yen("pieces"),
        sheet.maybe_moment("kit_by"),
        is_free=bool(fees) and not any(fees.values()),
    )
    return sheet.say(told)


def _channel_changed(sheet: Sheet) -> Told:
    return sheet.say(sheet.words.channel_changed(_no(sheet), sheet.text("channel")))


def _kit_sent(sheet: Sheet) -> Told:
    return sheet.say(sheet.words.kit_sent(_no(sheet), sheet.text("tracking_no")))


def _in_transit(sheet: Sheet) -> Told:
    return sheet.say(sheet.words.in_transit(_no(sheet), sheet.text("tracking_no")))


def _arrived(sheet: Sheet) -> Told:
    rows = sheet.rows("pieces")
    seals = [seal for row in rows if (seal := row.get("is_sealed")) is not None]
    is_sealed = all(seals) if seals else None  # what was handed over has none
    return sheet.say(sheet.words.arrived(_no(sheet), len(rows), is_sealed=is_sealed))


def _withdrawn(sheet: Sheet) -> Told:
    return sheet.say(sheet.words.withdrawn(_no(sheet), sheet.yen("pieces"), sheet.yen("fee")))


def _offered(sheet: Sheet) -> Told:
    """The one amount; with it why it is below the range told before (QUO-4)."""
    no, piece, amount = _no(sheet), sheet.piece(), sheet.yen("amount")
    through = sheet.maybe_day("valid_through")
    if sheet.facts.get("purpose") == Purpose.REPAIR.value:
        estimate = sheet.words.repair_offered(no, piece, amount, through)
        return sheet.card(piece, estimate, _answer_it(sheet))
    told = [sheet.words.offered(no, piece, amount, sheet.yen("as_credit"), through)]
    below = sheet.yen("below_told")
    if below and sheet.texts("reasons"):
        told.append(sheet.words.offered_below(below, sheet.texts("reasons")))
    return sheet.card(piece, "\n".join(told), _answer_it(sheet))


def _answer_it(sheet: Sheet) -> Button:
    """Both amounts side by side, and yes or no by button, are one tap away (R-040, R-050)."""
    return Button(sheet.words.button_choose(), data=tap("offer.show"), tone=Tone.MAIN)


def _rejected(sheet: Sheet) -> Told:
    """Why, and what may be done with it (R-054)."""
    piece = sheet.piece()
    data = tap("parting.rejected", piece=sheet.text("piece"))
    choose = Button(sheet.words.button_choose(), data=data, tone=Tone.MAIN)
    told = sheet.words.rejected(_no(sheet), piece, sheet.texts("reasons"))
    return sheet.card(piece, told, choose)


def _accepted(sheet: Sheet) -> Told:
    no, piece = _no(sheet), sheet.piece()
    estimate = sheet.maybe_yen("estimate")
    if estimate is not None:
        return sheet.say(sheet.words.repair_accepted(no, piece, estimate))
    paid = sheet.words.pay_waits() if sheet.facts.get("waits_for") else _pays(sheet)
    return sheet.say(sheet.words.accepted(no, piece, sheet.yen("price"), paid))


def _pays(sheet: Sheet) -> str:
    return sheet.words.pays(
        bank=sheet.yen("bank"),
        is_cash=sheet.facts.get("means") == _CASH,
        pay_on=sheet.maybe_day("pay_on"),
        credit=sheet.yen("credit"),
        offset=sheet.yen("offset"),
    )


def _declined(sheet: Sheet) -> Told:
    is_consigned = sheet.facts.get("after") == _CONSIGN
    return sheet.say(sheet.words.declined(_no(sheet), sheet.piece(), is_consigned=is_consigned))


def _countered(sheet: Sheet) -> Told:
    return sheet.say(sheet.words.countered(_no(sheet), sheet.piece(), sheet.yen("wanted")))


def _return_begun(sheet: Sheet) -> Told:
    return sheet.say(sheet.words.return_begun(_no(sheet), sheet.piece()))


def _repaired(sheet: Sheet) -> Told:
    return sheet.say(sheet.words.repaired(_no(sheet), sheet.piece()))


def _pay_scheduled(sheet: Sheet) -> Told:
    rows = [sheet.within(row) for row in sheet.rows("pieces")]
    paid = [(each.piece(), _pays(each)) for each in rows]
    return sheet.say(sheet.words.pay_scheduled(_no(sheet), paid))


def _paid(sheet: Sheet) -> Told:
    reference = sheet.facts.get("reference")
    ref = str(reference) if reference else None
    return sheet.say(sheet.words.paid(_no(sheet), sheet.piece(), sheet.yen("amount"), ref))


def _compensated(sheet: Sheet) -> Told:
    amount, pay_on = sheet.yen("amount"), sheet.day("pay_on")
    return sheet.say(sheet.words.piece_compensated(_no(sheet), sheet.piece(), amount, pay_on))


def _payment_delayed(sheet: Sheet) -> Told:
    return sheet.say(sheet.words.payment_delayed(sheet.day("pay_on")))


def _payment_moved(sheet: Sheet) -> Told:
    """The list went on a later day than the one that was promised (R-051)."""
    return sheet.say(sheet.words.payment_moved(sheet.day("pay_on")))


def _return_shipping(sheet: Sheet) -> Told:
    told = sheet.words.return_shipping(
        _no(sheet), sheet.text("tracking_no"), sheet.yen("pieces"), sheet.yen("fee")
    )
    return sheet.say(told)


def _number_corrected(sheet: Sheet) -> Told:
    return sheet.say(sheet.words.case_number_corrected(_no(sheet), sheet.text("tracking_no")))


def _returned(sheet: Sheet) -> Told:
    return sheet.say(sheet.words.returned(_no(sheet), sheet.yen("pieces")))


def _referral_proposed(sheet: Sheet) -> Told:
    """Another dealer who would pay more, and the yes by button (R-053); nothing when it was
    answered meanwhile.
    """
    proposal = referrals.proposal_of(sheet.db, sheet.text("piece"))
    if proposal is None or proposal.id != sheet.text("proposal"):
        return None
    piece = sheet.piece()
    told = sheet.words.referral_proposed(_no(sheet), piece, proposal.dealer, proposal.indication)
    data = tap("parting.refer", piece=sheet.text("piece"))
    return sheet.card(piece, told, Button(sheet.words.button_choose(), data=data, tone=Tone.MAIN))


def _referred(sheet: Sheet) -> Told:
    partner = partners.name_of(sheet.db, PartnerId(sheet.text("partner")))
    if partner is None:
        raise NoticeMalformed("partner")
    indication = sheet.maybe_yen("indication")
    return sheet.say(sheet.words.referred(_no(sheet), sheet.piece(), partner, indication))


def _rescinded(sheet: Sheet) -> Told:
    pieces, owed = sheet.yen("pieces"), sheet.yen("owed_back")
    return sheet.say(sheet.words.rescinded(_no(sheet), pieces, owed))


def _claim_ended(sheet: Sheet) -> Told:
    """What was to be given back had not arrived (TOK-1)."""
    amount, left = sheet.yen("amount"), sheet.yen("left")
    return sheet.say(sheet.words.claim_ended(_no(sheet), amount, left))


def _offer_reminder(sheet: Sheet) -> Told:
    """With the days that are left when it goes; not for an offer that was answered meanwhile, nor
    when the next reminder is due as well.
    """
    through = sheet.day("valid_through")
    quote = sheet.db.get(Quote, sheet.subject)
    if quote is None or quote.state != QuoteState.OPEN.value:
        return None
    terms = policy.at(sheet.db, quote.policy_version).of(QuoteTerms)
    if sheet.is_overtaken(through, terms.reminder_days):
        return None
    days, piece = (through - sheet.today).days, sheet.piece()
    told = sheet.words.offer_reminder(_no(sheet), piece, sheet.yen("amount"), through, days)
    return sheet.card(piece, told, _answer_it(sheet))


def _goods_awaited(sheet: Sheet) -> Told:
    return sheet.say(sheet.words.goods_awaited(_no(sheet), sheet.yen("pieces"), sheet.day("until")))


def _papers_awaited(sheet: Sheet) -> Told:
    return sheet.say(sheet.words.papers_awaited(_no(sheet), sheet.day("until")))


def _goods_given_up(sheet: Sheet) -> Told:
    return sheet.say(sheet.words.goods_given_up(_no(sheet)))


def _papers_given_up(sheet: Sheet) -> Told:
    return sheet.say(sheet.words.papers_given_up(_no(sheet), sheet.yen("pieces")))


def _offer_expired(sheet: Sheet) -> Told:
    return sheet.say(sheet.words.offer_expired(_no(sheet), sheet.piece()))


def _delayed(sheet: Sheet) -> Told:
    """The promise was not kept; here is the next one (R-047)."""
    return sheet.say(sheet.words.delayed(_no(sheet), sheet.moment("until")))


PHASES: Phases = {
    "inquiry": Phase(Kind.ANSWER, _inquiry),
    "quoted": Phase(Kind.ANSWER, _quoted, through="valid_through"),
    "no_offer": Phase(Kind.ANSWER, _no_offer),
    "quote_expired": Phase(Kind.SERVICE, _quote_expired),
    "submitted": Phase(Kind.ANSWER, _submitted),
    "channel_changed": Phase(Kind.ANSWER, _channel_changed),
    "kit_sent": Phase(Kind.SERVICE, _kit_sent),
    "in_transit": Phase(Kind.SERVICE, _in_transit),
    "arrived": Phase(Kind.SERVICE, _arrived),
    "withdrawn": Phase(Kind.ANSWER, _withdrawn),
    "offered": Phase(Kind.SERVICE, _offered, through="valid_through"),
    "rejected": Phase(Kind.SERVICE, _rejected),
    "accepted": Phase(Kind.ANSWER, _accepted),
    "declined": Phase(Kind.ANSWER, _declined),
    "countered": Phase(Kind.ANSWER, _countered),
    "return_begun": Phase(Kind.SERVICE, _return_begun),
    "repaired": Phase(Kind.SERVICE, _repaired),
    "pay_scheduled": Phase(Kind.SERVICE, _pay_scheduled),
    "paid": Phase(Kind.SERVICE, _paid),
    "piece_compensated": Phase(Kind.SERVICE, _compensated),
    "payment_delayed": Phase(Kind.SERVICE, _payment_delayed),
    "payment_moved": Phase(Kind.SERVICE, _payment_moved),
    "return_shipping": Phase(Kind.SERVICE, _return_shipping),
    "case_number_corrected": Phase(Kind.SERVICE, _number_corrected),
    "returned": Phase(Kind.SERVICE, _returned),
    "referral_proposed": Phase(Kind.SERVICE, _referral_proposed),
    "referred": Phase(Kind.SERVICE, _referred),
    "rescinded": Phase(Kind.ANSWER, _rescinded),
    "claim_ended": Phase(Kind.SERVICE, _claim_ended),
    "offer_reminder": Phase(Kind.REMINDER, _offer_reminder, through="valid_through"),
    "goods_awaited": Phase(Kind.SERVICE, _goods_awaited),
    "papers_awaited": Phase(Kind.SERVICE, _papers_awaited),
    "goods_given_up": Phase(Kind.SERVICE, _goods_given_up),
    "papers_given_up": Phase(Kind.SERVICE, _papers_given_up),
    "offer_expired": Phase(Kind.SERVICE, _offer_expired),
    "delayed": Phase(Kind.SERVICE, _delayed),
}
