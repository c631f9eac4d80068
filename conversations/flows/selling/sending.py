"""How a piece comes to the shop (sell.method, sell.kit): by post, fetched at home, brought in; what
happens to goods that cannot be bought is chosen before (R-041, R-044, R-049, R-059, R-175).

客: 宅配でお願いします
証: お買取できないお品物は、無料でご返送するか、…どちらになさいますか。 [無料で返送] [処分を相談]
客: [無料で返送]
証: 宅配で1点(デイトナ)をお申し込みになります。送料 0円・返送料 0円・キャンセル料 0円 … [申し込む]
客: [申し込む]
証: 承りました。梱包キットの箱の大きさをお選びください。 [小] [中] [大]
客: 持込に変更
証: 店頭へのお持ち込みに変更します。よろしいでしょうか。 [変更する]
"""

from dataclasses import replace
from datetime import date, timedelta

from catalog.buyback import queries, transit
from catalog.buyback.cases import about as case_subject
from catalog.buyback.deadlines import kit_leaves_on
from catalog.buyback.queries import CaseStatus
from catalog.buyback.stages import Stage
from catalog.buyback.terms import PayTerms
from catalog.buyback.transit import KitBox, RejectedChoice, Submission, TooLateToChange
from catalog.duties.rules import Channel, ItemKind, Place
from catalog.duties.visits import actions as visits
from catalog.duties.visits.actions import NewVisit, Scope
from catalog.ground import policy, worklist
from catalog.ground.calendar import round_up_to, tokyo_day
from catalog.ground.record import CustomerId
from conversations.flows.apart import alone
from conversations.flows.flow import PERSON, Answer, Asked, Flow, confirm, tap
from conversations.flows.membership import link_first
from conversations.flows.selling.standing import (
    CHANGEABLE,
    SENDABLE,
    WITHDRAWABLE,
    begin_button,
    case_meant,
    open_cases,
    pieces_at,
    promised,
    say,
    seller,
    titles,
    words,
)
from conversations.messages import Button

TASK = "sending"
TERMS_TEXT = "selling-2026-11"  # the version of the words a customer is shown before sending
_DAYS_OFFERED = 6


def step(asked: Asked) -> Answer:
    """A way to send in, or the packing kit."""
    if asked.intent == "sell.kit":
        return kit(asked)
    return by(asked) if _told(asked, "method") else how(asked)


def _told(asked: Asked, name: str) -> str | None:
    """From the button or the words, else from the step that is open."""
    value = asked.slots.get("date" if name == "on" and "on" not in asked.slots else name)
    if value is None:
        return asked.memory.fact(TASK, name)
    return value.isoformat() if isinstance(value, date) else str(value)


def how(asked: Asked) -> Answer:
    """The three ways with what speaks for each; a telephone call too."""
    say_words = words(asked)
    case = asked.slots.get("case")
    buttons = [
        Button(
            say_words.method(each.value),
            data=tap("sending.by", method=each.value, case=str(case) if case else None),
        )
        for each in Channel
    ]
    phone = Button(say_words.button_phone(), data=tap(PERSON, channel="phone"))
    open_step = replace(asked, memory=asked.memory.opening(TASK, expecting="sell.method"))
    return say(open_step, say_words.methods(), *buttons, phone)


def by(asked: Asked) -> Answer:
    """One way was named: for what is still at home an application, for what was applied for a
    change.
    """
    method = Channel(_told(asked, "method") or "")
    if asked.customer is None:
        return say(asked, words(asked).method_told(method.value), begin_button(asked))
    case = case_meant(asked, at=SENDABLE | CHANGEABLE)
    if case is None:
        late = case_meant(asked, at=frozenset({Stage.IN_TRANSIT, Stage.ARRIVED}))
        if late is not None:
            return _too_late(asked, late)
        return say(asked, words(asked).method_told(method.value), begin_button(asked))
    if pieces_at(case, SENDABLE):
        return _apply(asked, case, method)
    if pieces_at(case, CHANGEABLE):
        return _ask_change(asked, case, method)
    return _too_late(asked, case)


def _too_late(asked: Asked, case: CaseStatus) -> Answer:
    show = Button(words(asked).button_status(), data=tap("selling.status", case=case.case_id))
    return say(asked, words(asked).too_late_to_change(), show)


def _apply(asked: Asked, case: CaseStatus, method: Channel) -> Answer:
    """What is still to be known before the application is put to them, one thing at a time."""
    if method is Channel.HOME_VISIT and (missing := _visit_question(asked, case, method)):
        return missing
    rejected = _told(asked, "rejected")
    if rejected is None:
        say_words = words(asked)
        buttons = [
            Button(say_words.rejected(each.value), data=_tap(asked, case, method, "rejected", each))
            for each in RejectedChoice
        ]
        return say(_kept(asked, case, method), say_words.rejected_rule(), *buttons)
    return _ask_submit(asked, case, method, RejectedChoice(rejected))


def _visit_question(asked: Asked, case: CaseStatus, method: Channel) -> Answer | None:
    """A visit rests on the customer's own word: the day, and whether an offer may be made there
    (TOK-2).
    """
    say_words = words(asked)
    on = _told(asked, "on")
    today = tokyo_day(asked.now)
    if on is None or date.fromisoformat(on) <= today:
        days = [today + timedelta(days=n) for n in range(1, _DAYS_OFFERED + 1)]
        buttons = [
            Button(say_words.day(each), data=_tap(asked, case, method, "on", each.isoformat()))
            for each in days
        ]
        return say(_kept(asked, case, method), say_words.which_day(), *buttons)
    if _told(asked, "scope") is None:
        buttons = [
            Button(say_words.scope(each.value), data=_tap(asked, case, method, "scope", each.value))
            for each in Scope
        ]
        return say(_kept(asked, case, method), say_words.which_scope(), *buttons)
    return None


def _tap(asked: Asked, case: CaseStatus, method: Channel, name: str, value: str) -> str:
    told = {each: _told(asked, each) for each in ("on", "scope", "rejected")}
    told.update({"case": case.case_id, "method": method.value, name: str(value)})
    return tap("sending.by", **told)


def _kept(asked: Asked, case: CaseStatus, method: Channel) -> Asked:
    told = {name: _told(asked, name) for name in ("on", "scope")}
    kept = asked.memory.opening(
        TASK, expecting="sell.method", case=case.case_id, method=method.value, **told
    )
    return replace(asked, memory=kept)


def _ask_submit(
    asked: Asked, case: CaseStatus, method: Channel, rejected: RejectedChoice
) -> Answer:
    fees = policy.current(asked.db).of(PayTerms)
    on = _told(asked, "on") if method is Channel.HOME_VISIT else None
    scope = _told(asked, "scope") if method is Channel.HOME_VISIT else None
    question = words(asked).ask_submit(
        titles(pieces_at(case, SENDABLE)),
        method.value,
        rejected=rejected.value,
        on=date.fromisoformat(on) if on else None,
        scope=scope,
        inbound=fees.inbound_fee,
        back=fees.return_fee,
        cancel=fees.cancel_fee,
    )
    return confirm(
        asked, question, verb="sending.submit", label=words(asked).button_submit(),
        case=case.case_id, method=method.value, rejected=rejected.value, on=on, scope=scope,
    )  # fmt: skip


def submit(asked: Asked) -> Answer:
    """The application itself, with what was told before it (R-059)."""
    case = case_meant(asked, at=SENDABLE)
    method = Channel(str(asked.slots["method"]))
    if case is None or not pieces_at(case, SENDABLE):
        show = Button(words(asked).button_status(), data=tap("selling.status"))
        return say(asked, words(asked).submitted_already(), show)
    told = Submission(
        method,
        RejectedChoice(str(asked.slots["rejected"])),
        TERMS_TEXT,
        asked.now,
        visit_id=_visit(asked, case) if method is Channel.HOME_VISIT else None,
    )
    transit.submit(
        asked.db, case.case_id, told, actor=seller(asked), now=asked.now,
        key=asked.key("submit"), piece_ids=[each.piece_id for each in pieces_at(case, SENDABLE)],
    )  # fmt: skip
    asked = replace(asked, memory=asked.memory.closing())
    if method is Channel.MAIL_IN:
        return _ask_box(asked, case.case_id)
    if method is Channel.HOME_VISIT:
        on = date.fromisoformat(str(asked.slots["on"]))
        return say(asked, words(asked).visit_applied(on, by=promised(asked)))
    return say(asked, words(asked).store_applied(case.case_no))


def _visit(asked: Asked, case: CaseStatus) -> str:
    """The visit as the customer asked for it, in their own message; staff settle the hour."""
    on = date.fromisoformat(str(asked.slots["on"]))
    kinds = {
        ItemKind(queries.piece_of(asked.db, each.piece_id, customer=seller(asked).id)[0].category)
        for each in pieces_at(case, SENDABLE)
    }
    wanted = NewVisit(
        CustomerId(seller(asked).id),
        asked.event.event_id,
        min(asked.event.at, asked.now),
        sorted(kinds),
        Scope(str(asked.slots["scope"])),
        Place.COUNTERPARTY_HOME,
        on,
    )
    visit = visits.ask_visit(
        asked.db, wanted, by=seller(asked).name, now=asked.now, key=asked.key("visit")
    )
    by = round_up_to(asked.hours.after_work(asked.now, asked.terms.answer_lead), 5)
    worklist.task(
        asked.db, "visit_wanted", case_subject(case.case_id), due_at=by, now=asked.now,
        once=visit, facts={"visit": visit, "on": on.isoformat()},
    )  # fmt: skip
    return visit


def _ask_change(asked: Asked, case: CaseStatus, method: Channel) -> Answer:
    if case.channel == method.value:
        show = Button(words(asked).button_status(), data=tap("selling.status", case=case.case_id))
        return say(asked, words(asked).same_method(method.value), show)
    if method is Channel.HOME_VISIT and (missing := _visit_question(asked, case, method)):
        return missing
    visit = method is Channel.HOME_VISIT
    return confirm(
        asked,
        words(asked).ask_change(titles(pieces_at(case, CHANGEABLE)), method.value),
        verb="sending.change",
        label=words(asked).button_change(),
        binds=False,
        case=case.case_id,
        method=method.value,
        on=_told(asked, "on") if visit else None,
        scope=_told(asked, "scope") if visit else None,
    )


def change(asked: Asked) -> Answer:
    """Another way of coming, until the goods have come (R-041)."""
    case = case_meant(asked, at=CHANGEABLE)
    method = Channel(str(asked.slots["method"]))
    if case is None:
        return say(asked, words(asked).too_late_to_change())
    visit_id = _visit_of_change(asked, case) if method is Channel.HOME_VISIT else None
    try:
        with asked.db.begin_nested():
            transit.change_channel(
                asked.db, case.case_id, method, visit_id=visit_id, actor=seller(asked),
                now=asked.now, key=asked.key("change"),
            )  # fmt: skip
    except TooLateToChange:
        return _too_late(asked, case)
    asked = replace(asked, memory=asked.memory.closing())
    if method is Channel.MAIL_IN and case.kit_no is None:
        return _ask_box(asked, case.case_id)
    return say(asked, words(asked).changed(method.value, by=promised(asked)))


def _visit_of_change(asked: Asked, case: CaseStatus) -> str:
    pieces = [replace(each, stage=Stage.QUOTED) for each in pieces_at(case, CHANGEABLE)]
    return _visit(asked, replace(case, pieces=pieces))


def _ask_box(asked: Asked, case_id: str) -> Answer:
    say_words = words(asked)
    buttons = [
        Button(say_words.box(each.value), data=tap("sending.box", case=case_id, box=each.value))
        for each in KitBox
    ]
    open_step = asked.memory.opening(TASK, expecting="sell.kit", case=case_id)
    return say(replace(asked, memory=open_step), say_words.which_box(), *buttons)


def box(asked: Asked) -> Answer:
    """The size was chosen: staff send the kit, its number is told here (R-044)."""
    case = queries.status(asked.db, str(asked.slots["case"]), customer=seller(asked).id)
    if not pieces_at(case, frozenset({Stage.SUBMITTED})):
        return _kit_told(asked, case)
    chosen = KitBox(str(asked.slots["box"]))
    transit.choose_box(
        asked.db, case.case_id, chosen, actor=seller(asked), now=asked.now, key=asked.key("box")
    )
    asked = replace(asked, memory=asked.memory.closing())
    case = queries.status(asked.db, case.case_id, customer=seller(asked).id)
    return _kit_told(asked, case)


def kit(asked: Asked) -> Answer:
    """Where the packing kit is, which box, or how to get one."""
    if asked.customer is None:
        return say(asked, words(asked).kit_explained(), begin_button(asked))
    case = next(
        (
            each
            for each in open_cases(asked)
            if each.channel == Channel.MAIL_IN.value and pieces_at(each, CHANGEABLE)
        ),
        None,
    )
    if case is not None:
        return _kit_told(asked, case)
    if case_meant(asked, at=SENDABLE) is not None:
        return by(replace(asked, slots={"method": Channel.MAIL_IN.value}))
    return say(asked, words(asked).kit_explained(), begin_button(asked))


def _kit_told(asked: Asked, case: CaseStatus) -> Answer:
    say_words = words(asked)
    if case.kit_no is not None:
        return say(asked, say_words.kit_on_its_way(case.kit_no))
    if case.kit_box is None and pieces_at(case, frozenset({Stage.SUBMITTED})):
        return _ask_box(asked, case.case_id)
    if not pieces_at(case, CHANGEABLE):
        return _too_late(asked, case)
    cutoff = policy.current(asked.db).of(PayTerms).kit_cutoff
    leaves = asked.voice.moment(kit_leaves_on(asked.now, cutoff), now=asked.now)
    return say(asked, say_words.kit_leaves(case.kit_box or "", by=leaves))


def ask_withdraw(asked: Asked) -> Answer:
    """They do not want to sell after all: what it costs (nothing) and what happens (R-049)."""
    if asked.customer is None:
        return link_first(asked)
    case = case_meant(asked, at=WITHDRAWABLE)
    if case is None or not pieces_at(case, WITHDRAWABLE):
        return say(asked, words(asked).nothing_to_withdraw())
    fees = policy.current(asked.db).of(PayTerms)
    pieces = pieces_at(case, WITHDRAWABLE)
    is_sent = any(each.stage not in SENDABLE | CHANGEABLE for each in pieces)
    question = words(asked).ask_withdraw(
        titles(pieces), is_sent=is_sent, cancel=fees.cancel_fee, back=fees.return_fee
    )
    return confirm(
        asked, question, verb="sending.withdraw", label=words(asked).button_withdraw(),
        case=case.case_id,
    )  # fmt: skip


def withdraw(asked: Asked) -> Answer:
    """Taken back, free of charge; what is on its way or here goes home."""
    case = case_meant(asked, at=WITHDRAWABLE)
    if case is None or not pieces_at(case, WITHDRAWABLE):
        return say(asked, words(asked).nothing_to_withdraw())
    pieces = pieces_at(case, WITHDRAWABLE)
    transit.withdraw(
        asked.db, case.case_id, actor=seller(asked), now=asked.now, key=asked.key("withdraw"),
        piece_ids=[each.piece_id for each in pieces],
    )  # fmt: skip
    is_sent = any(each.stage not in SENDABLE | CHANGEABLE for each in pieces)
    asked = replace(asked, memory=asked.memory.closing())
    return say(asked, words(asked).withdrawn(is_sent=is_sent))


FLOW = alone(
    Flow(
        "sending",
        frozenset({"sell.method", "sell.kit"}),
        step,
        {
            "how": how,
            "by": by,
            "submit": submit,
            "change": change,
            "box": box,
            "kit": kit,
            "stop": ask_withdraw,
            "withdraw": withdraw,
        },
    )
)
