"""Where a piece goes that is not sold (見送り): why it cannot be bought, what may be done with
it, another dealer, and a sale at home taken back (R-053, R-054, R-059, R-062).

証: デイトナはお買取ができませんでした。理由: 社外部品 [無料で返送] [処分を相談] [ほかのお店の紹介]
(seven days after a sale at home)
客: 売るのをやめたい
証: クーリング・オフを承ります。期限は10月16日(金)です。… [契約を解除する]
"""

from dataclasses import replace
from datetime import datetime

from catalog.buyback import appraisal, queries, referrals, rescinding, returns
from catalog.buyback.cases import about as case_subject
from catalog.buyback.queries import CaseStatus
from catalog.buyback.referrals import Introduction, Proposal
from catalog.buyback.rescinding import GoodsGone
from catalog.buyback.stages import ENDED, Stage
from catalog.duties.rules import Channel
from catalog.duties.visits import cooling_off
from catalog.duties.visits.cooling_off import RescissionLate
from catalog.ground import worklist
from catalog.ground.calendar import round_up_to
from conversations.flows.apart import alone
from conversations.flows.flow import Answer, Asked, Flow, confirm, tap
from conversations.flows.selling.standing import promised, say, seller, words
from conversations.messages import Button

TASK = "parting"
REFERRAL_TEXT = "referral-2026-11"  # the words by which a customer agrees to be named
_SOLD = frozenset({Stage.ACCEPTED, Stage.PAY_SCHEDULED, Stage.PAID, Stage.CREDITED})


def rejected(asked: Asked) -> Answer:
    """Why it cannot be bought, and the choices (R-054)."""
    piece, case = queries.piece_of(asked.db, str(asked.slots["piece"]), customer=seller(asked).id)
    if Stage(piece.stage) is not Stage.REJECTED:
        show = Button(words(asked).button_status(), data=tap("selling.status", case=case.id))
        return say(asked, words(asked).decided_already(piece.title), show)
    say_words = words(asked)
    buttons = [
        Button(say_words.button_home(), data=tap("parting.ask_home", piece=piece.id)),
        Button(say_words.button_dispose(), data=tap("parting.ask_dispose", piece=piece.id)),
        Button(say_words.button_refer(), data=tap("parting.refer", piece=piece.id)),
    ]
    return say(asked, say_words.cannot_buy(piece.title, piece.rejected_reasons), *buttons)


def ask_home(asked: Asked) -> Answer:
    """Home, free of charge."""
    piece, _ = queries.piece_of(asked.db, str(asked.slots["piece"]), customer=seller(asked).id)
    return confirm(
        asked, words(asked).ask_send_home(piece.title), verb="parting.home",
        label=words(asked).button_home(), piece=piece.id,
    )  # fmt: skip


def home(asked: Asked) -> Answer:
    """The piece that cannot be bought goes home."""
    piece, _ = queries.piece_of(asked.db, str(asked.slots["piece"]), customer=seller(asked).id)
    if Stage(piece.stage) is not Stage.REJECTED:
        return rejected(asked)
    returns.send_home(
        asked.db, piece.id, reason="customer", actor=seller(asked), now=asked.now,
        key=asked.key("home"),
    )  # fmt: skip
    return say(asked, words(asked).going_home(piece.title))


def ask_dispose(asked: Asked) -> Answer:
    """Given up for good: asked for this one piece, never assumed from what was chosen before."""
    piece, _ = queries.piece_of(asked.db, str(asked.slots["piece"]), customer=seller(asked).id)
    return confirm(
        asked, words(asked).ask_dispose(piece.title), verb="parting.dispose",
        label=words(asked).button_dispose_it(), piece=piece.id,
    )  # fmt: skip


def dispose(asked: Asked) -> Answer:
    """Their own message is the consent; staff dispose of it by hand."""
    piece, _ = queries.piece_of(asked.db, str(asked.slots["piece"]), customer=seller(asked).id)
    if Stage(piece.stage) is not Stage.REJECTED:
        return rejected(asked)
    if piece.disposal_consent is None:
        appraisal.consent_to_disposal(
            asked.db, piece.id, consent=asked.event.event_id, actor=seller(asked), now=asked.now,
            key=asked.key("dispose"),
        )  # fmt: skip
    return say(asked, words(asked).disposal_agreed(piece.title))


def refer(asked: Asked) -> Answer:
    """Another dealer may pay more: nothing of theirs is passed on before they agree (QUO-7)."""
    piece, _ = queries.piece_of(asked.db, str(asked.slots["piece"]), customer=seller(asked).id)
    if Stage(piece.stage) in ENDED:
        return say(asked, words(asked).decided_already(piece.title))
    proposal = referrals.proposal_of(asked.db, piece.id)
    if proposal is not None:
        return _ask_introduce(asked, piece.title, proposal)
    return confirm(
        asked, words(asked).ask_refer(piece.title), verb="parting.agree",
        label=words(asked).button_agree_refer(), piece=piece.id,
    )  # fmt: skip


def agree(asked: Asked) -> Answer:
    """They agree to be named; staff look for the dealer, and who it is is told first (R-053)."""
    piece, case = queries.piece_of(asked.db, str(asked.slots["piece"]), customer=seller(asked).id)
    by = round_up_to(asked.hours.after_work(asked.now, asked.terms.answer_lead), 5)
    worklist.task(
        asked.db, "referral_wanted", case_subject(case.id), due_at=by, now=asked.now,
        once=piece.id,
        facts={
            "piece": piece.id,
            "consent": asked.event.event_id,
            "consent_text": REFERRAL_TEXT,
        },
    )  # fmt: skip
    return say(asked, words(asked).referral_wanted(piece.title, by=promised(asked)))


def _ask_introduce(asked: Asked, title: str, proposal: Proposal) -> Answer:
    question = words(asked).ask_introduce(
        title, proposal.dealer, reason=proposal.reason, indication=proposal.indication
    )
    return confirm(
        asked, question, verb="parting.introduce", label=words(asked).button_agree_refer(),
        piece=proposal.piece_id, proposal=proposal.id,
    )  # fmt: skip


def introduce(asked: Asked) -> Answer:
    """They know who it is and agree to be named to them: now it is passed on."""
    piece, _ = queries.piece_of(asked.db, str(asked.slots["piece"]), customer=seller(asked).id)
    proposal = referrals.proposal_of(asked.db, piece.id)
    if proposal is None or proposal.id != asked.slots.get("proposal"):
        return say(asked, words(asked).decided_already(piece.title))
    told = Introduction(
        partner_id=proposal.partner_id,
        reason=proposal.reason,
        consent=asked.event.event_id,
        consent_text=REFERRAL_TEXT,
        indication=proposal.indication,
    )
    referrals.refer(
        asked.db, piece.id, told, actor=seller(asked), now=asked.now, key=asked.key("refer")
    )
    return say(asked, words(asked).introduced(piece.title, proposal.dealer))


def visit_sale(asked: Asked) -> CaseStatus | None:
    """The customer's latest sale at home that is not undone yet."""
    for case_id in queries.sold_cases(asked.db, seller(asked).id):
        case = queries.status(asked.db, case_id, customer=seller(asked).id)
        if case.channel == Channel.HOME_VISIT.value and any(
            each.stage in _SOLD for each in case.pieces
        ):
            return case
    return None


def ask_take_back(asked: Asked, case: CaseStatus) -> Answer:
    """A sale at home may be taken back for eight days, for no reason (TOK-1). The moment they said
    so is kept: it decides, not when they press.
    """
    last = cooling_off.last_day(asked.db, case.case_id)
    pieces = [each for each in case.pieces if each.stage in _SOLD]
    kept = asked.memory.opening(
        TASK,
        case=case.case_id,
        said_at=asked.event.at.isoformat(),
        message=asked.event.event_id,
    )
    return confirm(
        asked,
        words(asked).ask_take_back([each.title for each in pieces], last),
        verb="parting.take_back",
        label=words(asked).button_take_back(),
        memory=kept,
        case=case.case_id,
    )


def take_back(asked: Asked) -> Answer:
    """The sale is undone: goods home, money and credit back, no penalty (R-062)."""
    case = queries.status(asked.db, str(asked.slots["case"]), customer=seller(asked).id)
    pieces = [each for each in case.pieces if each.stage in _SOLD]
    if not pieces:
        return say(asked, words(asked).nothing_to_withdraw())
    is_said = asked.memory.fact(TASK, "case") == case.case_id
    said_at = asked.memory.fact(TASK, "said_at") if is_said else None
    message = asked.memory.fact(TASK, "message") if is_said else None
    asked = replace(asked, memory=asked.memory.closing())
    try:
        with asked.db.begin_nested():
            rescinding.take_back(
                asked.db,
                case.case_id,
                dispatched_at=datetime.fromisoformat(said_at) if said_at else asked.event.at,
                message_id=message or asked.event.event_id,
                actor=seller(asked),
                now=asked.now,
                key=asked.key("take_back"),
            )
    except RescissionLate as late:
        return say(asked, words(asked).take_back_late(late.last_day))
    except GoodsGone:
        return say(asked, words(asked).goods_gone(by=promised(asked)))
    return say(asked, words(asked).taken_back([each.title for each in pieces]))


FLOW = alone(
    Flow(
        "parting",
        frozenset(),
        rejected,
        {
            "rejected": rejected,
            "ask_home": ask_home,
            "home": home,
            "ask_dispose": ask_dispose,
            "dispose": dispose,
            "refer": refer,
            "agree": agree,
            "introduce": introduce,
            "take_back": take_back,
        },
    )
)
