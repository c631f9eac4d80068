"""Other people's ids (IDOR): every place of an address or form that names a thing, tried with
things of another kind, with none, and with what is no id at all, by each role. One answer for all
of them, nothing is changed, nothing breaks.
"""

import dataclasses
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from catalog.duties.actors import STAFF_ROLES, Role
from handoff.console import door
from handoff.console.door import HOME
from handoff.staff.permissions import ALLOWED
from tests.databases import ENGINES
from tests.handoff.console.full_shop import APART, CALL, FIND, Front, Seat, Share, full_shop, shares

UNKNOWN = "01JDZZZZZZZZZZZZZZZZZZZZZZ"
MALFORMED = (
    "", " ", "0", "-1", "1e9", "true", "null", "[]", "%", "'", "' OR '1'='1", "\";--", "*",
    "../../../etc/passwd", "..%2f..", "\x00", "a\x00b", "髙𠮷葛󠄀", "\u202e", "\ud7ff\uffff",
    "9" * 19, "9" * 40, "9" * 5_000, "A" * 300, "line:", "line:\x00", "::", "{{7*7}}", "%00",
)  # fmt: skip
FEW = (UNKNOWN, "\x00", "9" * 25)
REFUSED = {403, 404, 409, 422}


@pytest.fixture(scope="module", params=ENGINES)
def front(request: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    folder: Path = tmp_path_factory.mktemp("ids")
    with full_shop(request.param, folder) as shop, shop.opened() as front:
        yield front


@dataclasses.dataclass(frozen=True)
class Slot:
    """One place that names a thing. `at`: the address, `{}` where the id stands in it; `field`: of
    the form; `kind`: what belongs there; `more`: the rest of the form, so that the id is reached;
    `may_lack`: without an id it means something else.
    """

    at: str
    kind: str
    field: str = ""
    more: Mapping[str, str] = dataclasses.field(default_factory=dict)
    may_lack: bool = False

    def __str__(self) -> str:
        return f"{self.at} {self.field}".strip()


IDS = {
    "talk": "SELECT conversation FROM ticket ORDER BY id LIMIT 1",
    "ticket": "SELECT id FROM ticket ORDER BY id LIMIT 1",
    "note": "SELECT n.id FROM note n JOIN staff s ON s.id = n.author AND s.role = 'owner' LIMIT 1",
    "letter": "SELECT id FROM outbox ORDER BY id LIMIT 1",
    "label": "SELECT id FROM label LIMIT 1",
    "canned": "SELECT id FROM canned LIMIT 1",
    "macro": "SELECT id FROM macro LIMIT 1",
    "staff": "SELECT id FROM staff WHERE role = 'adviser' LIMIT 1",
    "session": "SELECT id FROM staff_session LIMIT 1",
    "api_key": "SELECT id FROM api_key LIMIT 1",
    "invitation": "SELECT id FROM staff_invitation LIMIT 1",
    "customer": "SELECT id FROM customer WHERE customer_no = 'C-10001'",
    "customer_no": "SELECT customer_no FROM customer WHERE customer_no = 'C-10001'",
    "step": "SELECT id FROM next_step LIMIT 1",
    "check": "SELECT id FROM identity_check ORDER BY id LIMIT 1",
    "case": "SELECT case_no FROM buyback_case ORDER BY id LIMIT 1",
    "deal": "SELECT 'case:' || id FROM buyback_case ORDER BY id LIMIT 1",
    "order_deal": "SELECT 'order:' || id FROM sale_order ORDER BY id LIMIT 1",
    "home_deal": "SELECT 'case:' || case_id FROM statutory_document LIMIT 1",
    "document": "SELECT id FROM statutory_document LIMIT 1",
    "leak": "SELECT id FROM breach LIMIT 1",
    "suspicious": "SELECT id FROM suspicious_deal LIMIT 1",
    "piece": "SELECT id FROM case_piece ORDER BY id DESC LIMIT 1",
    "quote": "SELECT id FROM quote LIMIT 1",
    "contract": "SELECT contract_no FROM contract LIMIT 1",
    "order": "SELECT o.order_no FROM sale_order o JOIN return_case r ON r.order_id = o.id LIMIT 1",
    "return": "SELECT id FROM return_case LIMIT 1",
    "lot": "SELECT id FROM credit_lot LIMIT 1",
    "payout": "SELECT id FROM payout LIMIT 1",
    "batch": "SELECT number FROM payout_batch LIMIT 1",
    "wish": "SELECT min(id) FROM worklist",
    "apart": APART,
    "dispute": "SELECT id FROM dispute LIMIT 1",
    "keepable": "SELECT asset_id FROM chapter LIMIT 1",
    "legal_hold": "SELECT id FROM legal_hold LIMIT 1",
    "find": FIND,
    "todo": CALL,
    "share": "SELECT id FROM share LIMIT 1",
    "unit": "SELECT code FROM unit WHERE code = 'W-99001'",
    "owned": "SELECT code FROM unit WHERE owner_kind = 'customer' ORDER BY id LIMIT 1",
    "style": "SELECT id FROM style LIMIT 1",
    "hold": "SELECT id FROM unit_hold LIMIT 1",
    "asset": "SELECT asset_id FROM chapter LIMIT 1",
    "rendition": "SELECT id FROM rendition LIMIT 1",
    "bare": "SELECT id FROM bare_rendition LIMIT 1",
    "task": "SELECT id FROM capture_task LIMIT 1",
    "chapter": "SELECT id FROM chapter LIMIT 1",
    "file": "SELECT id FROM received_file LIMIT 1",
    "partner": "SELECT id FROM partner LIMIT 1",
    "browser": "SELECT id FROM push_subscription LIMIT 1",
    "report": "SELECT id FROM condition_report LIMIT 1",
    "appointment": "SELECT id FROM appointment ORDER BY id LIMIT 1",
    "finding": "SELECT id FROM report_finding LIMIT 1",
    "pinned": "SELECT asset_id FROM report_finding LIMIT 1",
}  # fmt: skip
TALK_FIELDS = {"words": "x", "key": "k", "until": "hour", "mode": "note", "doing": "viewing"}


def slots(known: Mapping[str, str]) -> list[Slot]:
    """Every place, with what else has to be right to get there."""
    talk = {"c": known["talk"]}
    wrong = {"why": "other_piece", "code": "W-99001"}
    mask = {"after": "1", "x": "1", "y": "1", "width": "2", "height": "2"}
    in_talk = [
        Slot(f"/talk/{each}", "talk", "c", TALK_FIELDS)
        for each in (
            "claim", "assign", "snooze", "wake", "give_back", "close", "reply", "note", "retract",
            "letter", "draft", "seen", "label", "send",
        )
    ]  # fmt: skip
    case, piece, quote_id = known["case"], known["piece"], known["quote"]
    offer = {
        "key": "k", "grade": "A", "amount": "1000", "age_years": "1", "shown": "1",
        "required": "1", "reason": "r", "reasons": "r",
    }  # fmt: skip
    money = {"key": "k", "reason": "r", "amount": "1000", "until": "2027-01-01", "price": "1000"}
    order, person = known["order"], known["staff"]
    goods = {**money, "place": "shop", "seal": "same", "serial": "same", "condition": "same",
             "same": "yes", "on": "2026-11-24", "carrier": "y", "tracking_no": "1"}  # fmt: skip
    paths = [
        Slot(f"/cases/{{}}/{step}", "case", "", {"piece": piece, "quote": quote_id, **offer})
        for step in (
            "appraise",
            "begin",
            "approve",
            "send_back",
            "send",
            "reject",
            "resume",
            "dispose",
            "close",
        )
    ]
    came = {**goods, "came-1": "yes", "goes-1": "yes", "grams-1": "1", "seal": "whole",
            "photo": known["asset"]}  # fmt: skip
    paths += [
        Slot(f"/cases/{{}}/{step}", "case", "", {"piece": piece, "quote": quote_id, **offer, **came,
                                                 "to": person, "licence_no": "1"})
        for step in ("kit", "renumber_kit", "renumber_back", "arrive", "repaired", "send_home",
                     "ship_back", "given_back", "visitor", "range", "let_out", "compensate",
                     "give_up")
    ]  # fmt: skip
    seller = {
        "key": "k", "method": "face_to_face", "name": "x", "kana": "カナ", "address": "x",
        "born_on": "1985-04-01", "occupation": "x", "document": "passport", "eye-0": "yes",
        "bank_code": "0001", "bank_name": "カナ", "branch_code": "110", "branch_name": "カナ",
        "account_kind": "1", "number": "1", "holder": "カナ", "doubt": "forged", "relation": "x",
        "phone": "1", "paper": "1", "check": known["check"], "deal": case,
    }  # fmt: skip
    paths += [Slot(f"/customers/{{}}/{step}", "customer", "", seller)
              for step in ("identity", "account", "revoke", "guardian")]  # fmt: skip
    lawful = {
        "key": "k", "purpose": "p", "occupation": "o", "reason": "r", "ruling": "not_reported",
        "on": "2026-11-24",
    }  # fmt: skip
    paths += [
        Slot(f"/duties/{step}", "deal", "about", lawful)
        for step in ("paper", "received", "diligence", "suspect", "decide")
    ]
    paths += [
        Slot(
            "/duties/buyer",
            "order_deal",
            "about",
            {**lawful, "name": "x", "address": "x", "occupation": "x", "age": "40"},
        ),
        Slot("/duties/received", "document", "document", {**lawful, "about": known["home_deal"]}),
        Slot("/duties/decide", "suspicious", "note", {**lawful, "about": known["deal"]}),
        Slot("/breaches/sent", "leak", "breach", {**lawful, "step": "final"}),
    ]
    paths += [
        Slot(f"/orders/{{}}/{step}", "order", "", {"return": known["return"], **goods})
        for step in (
            "pack", "ship", "hand_over", "deliver", "cancel", "receive", "compare", "decide",
            "refund", "pay", "label", "renumber", "lose",
        )
    ]  # fmt: skip
    paths += [Slot(f"/consignments/{{}}/{step}", "contract", "", money)
              for step in ("price", "raise", "renew", "compensate", "take_back")]  # fmt: skip
    paths.append(Slot("/consignments/{}/arrive", "contract", "", {"key": "k", "on": "2026-11-24"}))
    sent = {"key": "k", "carrier": "yamato", "tracking_no": "4711-0815", "taker": "consignor"}
    paths += [Slot(f"/consignments/{{}}/{step}", "contract", "", sent)
              for step in ("send", "hand_over", "there")]  # fmt: skip
    wanted = {"key": "k", "price": "100000", "guarantee": "none", "settles_in": "bank"}
    paths.append(Slot("/items/{}/consign", "owned", "", wanted))
    warned = {
        "key": "k", "reason": "r", "authority": "a", "number": "1", "report_no": "1",
        "from_on": "2026-11-24", "through": "2026-11-25", "stolen_on": "2026-11-01",
        "claimed_on": "2026-11-24", "ruling": "another_piece", "outcome": "rejected",
    }  # fmt: skip
    paths += [Slot(f"/items/{{}}/police/{step}", "unit", "", warned)
              for step in ("suspect", "settle", "rule", "order", "lift", "claim", "answer",
                           "stop", "go_on")]  # fmt: skip
    named = {"key": "k", "reason": "r", "partner": known["partner"]}
    paths.append(Slot(f"/cases/{case}/refer/{{}}", "number", "", named))
    bought = {"key": "k", "items": "W-98001", "customer": "C-10001", "delivery": "ship",
              "means": "later"}  # fmt: skip
    paths += [Slot(f"/credit/{{}}/{kind}", "customer_no", "", {"lot": known["lot"], **money})
              for kind in ("goodwill", "extend", "adjust", "settle", "forgive",
                           "discontinue")]  # fmt: skip
    piece_form = {**money, "to": "stock", "holder": "C-10001"}
    paths += [Slot(f"/items/{{}}/{change}", "unit", "", piece_form)
              for change in ("words", "price", "state", "publish", "hold", "release", "flag",
                             "lend", "back", "lost", "found", "cost", "put",
                             "grade", "settle")]  # fmt: skip
    paths += [Slot(f"/payouts/{{}}/{step}", "batch", "", {"key": "k", "sure": "yes", "line": "1"})
              for step in ("release", "cancel", "file", "refused", "came_back")]  # fmt: skip
    paths += [Slot(f"/newcomers/{{}}/{step}", "apart") for step in ("join", "apart")]
    paths += [Slot(f"/finds/{{}}/{step}", "find") for step in ("tell", "pass")]
    paths.append(Slot("/tasks/{}/done", "todo", "", {"note": "x"}))
    paths.append(Slot("/tasks/{}/code", "todo"))
    booked = {"key": "k", "at": "2026-11-26T13:00:00+09:00", "link": "https://x.example/"}
    paths += [Slot(f"/appointments/{{}}/{act}", "appointment", "", booked)
              for act in ("arrived", "no_show", "cancel", "link", "move")]  # fmt: skip
    paths.append(Slot("/appointments/{}/assign", "appointment", "", {"to": person}))
    seen = {"key": "k", "verdict": "same", "points": "[[0.1,0.1],[0.5,0.1],[0.1,0.1],[0.5,0.1]]"}
    pinned = {
        "asset": known["pinned"], "finding": known["finding"], "edition": "2", "x": "1", "y": "1",
        "kind": "dent", "severity": "light", "told": "x", "key": "k", "occasion": "intake",
        "shot": "dial", "reason": "x",
    }  # fmt: skip
    paths += [Slot(f"/condition/{{}}/{act}", "report", "", pinned)
              for act in ("pin", "repin", "unpin", "summary", "waive", "issue", "correct", "drop",
                          "print")]  # fmt: skip
    paths.append(Slot("/items/{}/reports", "unit", "", pinned))
    here = f"/condition/{known['report']}"
    ahead = {"key": "k", "until": "2026-12-01T10:00", "due_on": "2026-12-01"}
    passed_on = {"key": "k", "until": "2026-12-01", "reach": "preview"}
    given = {"key": "k", "until": "2026-12-01"}
    reply = {"shortcut": "x", "title": "x", "text-ja": "x", "version": "1"}
    return [
        *in_talk, *paths,
        Slot("/talk/assign", "staff", "to", talk),
        Slot(f"/appointments/{known['appointment']}/assign", "staff", "to"),
        Slot("/appointments/new", "talk", "c", {**booked, "kind": "video_call"}),
        Slot("/talk/retract", "note", "note", talk),
        Slot("/talk/letter", "letter", "letter", talk),
        Slot("/talk/label", "label", "label", talk),
        Slot("/talk/macro", "macro", "macro", {**talk, "key": "k"}),
        Slot("/talk/send", "asset", "asset", {**talk, "key": "k"}),
        Slot(f"/cases/{case}/begin", "piece", "piece", offer),
        Slot(f"/cases/{case}/appraise", "piece", "piece", offer),
        Slot(f"/cases/{case}/reject", "piece", "piece", offer),
        Slot(f"/cases/{case}/dispose", "piece", "piece", offer),
        Slot(f"/cases/{case}/close", "piece", "piece", offer),
        Slot(f"/cases/{case}/send_home", "piece", "piece", offer),
        Slot(f"/cases/{case}/approve", "quote", "quote", offer),
        Slot(f"/cases/{case}/send_back", "quote", "quote", offer),
        Slot(f"/cases/{case}/send", "quote", "quote", offer),
        Slot(f"/cases/{case}/range", "piece", "piece", offer),
        Slot(f"/cases/{case}/repaired", "piece", "piece", offer),
        Slot(f"/cases/{case}/send_home", "piece", "piece", offer),
        Slot(f"/cases/{case}/let_out", "quote", "quote", offer),
        Slot(f"/cases/{case}/arrive", "photo", "photo", came),
        Slot(f"/customers/{known['customer']}/revoke", "check", "check", seller),
        Slot(f"/customers/{known['customer']}/guardian", "check", "check", seller),
        Slot(f"/customers/{known['customer']}/guardian", "case", "deal", seller),
        Slot(f"/orders/{order}/label", "return", "return", goods),
        Slot(f"/orders/{order}/renumber", "parcel", "parcel", goods),
        Slot(f"/orders/{order}/receive", "return", "return", goods),
        Slot(f"/orders/{order}/compare", "return", "return", goods),
        Slot(f"/orders/{order}/decide", "return", "return", goods),
        Slot(f"/orders/{order}/refund", "return", "return", goods),
        Slot(f"/items/{known['owned']}/consign", "quote", "guarantee", wanted),
        Slot("/items/W-99001/police/settle", "suspicion", "suspicion", warned),
        Slot("/items/W-99001/police/rule", "hit", "hit", warned),
        Slot("/items/W-99001/police/lift", "police order", "order", warned),
        Slot("/items/W-99001/police/answer", "claim", "claim", warned),
        Slot(f"/cases/{case}/refer/1", "partner", "partner", named),
        Slot("/sale", "customer_no", "customer", bought),
        Slot("/sale", "unit", "items", bought),
        Slot("/credit/C-10001/extend", "lot", "lot", money),
        Slot("/credit/C-10001/adjust", "lot", "lot", money),
        Slot("/credit/C-10001/settle", "receivable", "receivable", money),
        Slot("/credit/C-10001/forgive", "receivable", "receivable", money),
        Slot("/credit/C-10001/{}", "kind", "", money),
        Slot("/items/W-99001/release", "hold", "hold", {"key": "k"}),
        Slot("/items/W-99001/flag", "flag", "flag", {"key": "k", "reason": "r"}),
        Slot("/items/W-99001/lend", "partner code", "firm", {"key": "k"}),
        Slot("/items/W-99001/hold", "customer_no", "holder", ahead),
        Slot("/items/new", "style", "style", {"title": "x", "key": "k"}, may_lack=True),
        Slot("/approvals/credit/{}", "wish", "", {"answer": "yes"}),
        Slot("/payouts/cash", "payout", "payout", {"key": "k"}),
        Slot("/payouts/again", "payout", "payout", {"key": "k"}),
        Slot("/customers/favour", "customer", "customer"),
        Slot("/customers/refusal", "customer", "customer", {"key": "k"}),
        Slot("/cases/{}/refused_at_home", "case", "", {"key": "k"}),
        Slot("/customers/step", "customer", "customer", {**ahead, "words": "x"}),
        Slot("/customers/step/done", "step", "step", {"customer": known["customer"]}),
        Slot(f"{here}/pin", "pinned", "asset", pinned),
        Slot(f"{here}/repin", "pinned", "asset", pinned),
        Slot(f"{here}/repin", "finding", "finding", pinned),
        Slot(f"{here}/unpin", "finding", "finding", pinned),
        Slot("/items/W-99001/reports", "occasion", "occasion"),
        Slot("/shotlists/{}", "category", "", {"version": "1"}),
        Slot("/captures/close", "task", "task"),
        Slot("/captures/close", "asset", "asset", {"task": known["task"]}, may_lack=True),
        Slot("/captures/{}/chapter", "asset", "", {"at": "0:01", "words": "x"}),
        Slot("/captures/{}/moment", "asset", "", {"at": "0:00"}),
        Slot("/captures/{}/chapter/end", "asset", "", {"chapter": known["chapter"]}),
        Slot("/captures/{}/correct", "asset", "", wrong),
        Slot(f"/captures/{known['asset']}/correct", "unit", "code", wrong, may_lack=True),
        Slot(f"/captures/{known['asset']}/correct", "unit id", "seen", wrong, may_lack=True),
        Slot("/captures/{}/aside", "asset", "", {"why": "test_shot"}),
        Slot(
            f"/captures/{known['asset']}/aside", "unit id", "seen", {"why": "test_shot"},
            may_lack=True,
        ),
        Slot("/captures/{}/masks", "asset", "", mask),
        Slot("/captures/{}/masks/end", "asset", "", {"after": "1", "mask": "1"}),
        Slot(f"/captures/{known['asset']}/chapter/end", "chapter", "chapter"),
        *(
            Slot(f"/compare/{step}", "asset", field, {**seen, other: known["asset"]})
            for step in ("register", "aid", "decide")
            for field, other in (("a", "b"), ("b", "a"))
        ),
        Slot("/stations/open", "station", "station", {"code": "W-99001"}),
        Slot("/stations/open", "unit", "code", {"station": "hot"}),
        Slot("/stations/close", "station", "station"),
        Slot("/tray/assign", "asset", "asset", {"code": "W-99001"}),
        Slot("/tray/assign", "unit", "code", {"asset": known["asset"]}),
        Slot("/partners/grant", "partner", "id", {"every": "yes", "right-hold": "1"}),
        Slot("/partners/revoke", "partner", "id"),
        Slot("/partners/revoke", "unit", "unit", {"id": known["partner"]}, may_lack=True),
        Slot("/partners/invite", "partner", "id"),
        Slot("/keys/revoke", "api_key", "id"),
        Slot("/partners/grade", "partner", "id", {"word": "SA", "means": "S"}),
        Slot("/partners/ungrade", "partner", "id", {"word": "SA"}),
        Slot("/partners/checkpoints", "partner", "id", {"wished": "yes"}),
        Slot("/items/{}/check", "unit", ""),
        Slot("/items/{}/want", "unit", "", {"part": "dial", "due": "2026-12-24T10:00"}),
        Slot("/items/{}/evidence", "unit", ""),
        Slot("/items/{}/evidence/give", "unit", "", given),
        Slot("/items/W-10234/evidence/give", "partner code", "partner", given),
        Slot("/items/{}/share", "unit", "", passed_on),
        Slot("/items/W-10234/share", "customer_no", "audience", passed_on, may_lack=True),
        Slot("/shares/{}/close", "share", ""),
        Slot("/storage/hold", "keepable", "about", {"reason": "x"}),
        Slot("/storage/lift", "legal_hold", "id"),
        Slot("/disputes/{}/evidence", "dispute", ""),
        Slot("/disputes/{}/evidence/give", "dispute", "", given),
        Slot("/disputes/{}/close", "dispute", "", {"outcome": "unclear", "words": "x"}),
        Slot("/staff/invite", "staff", "id"),
        Slot("/staff/role", "staff", "id", {"role": "store"}),
        Slot("/staff/leave", "staff", "id"),
        Slot("/staff/uninvite", "invitation", "invitation"),
        Slot("/staff/session", "session", "session"),
        Slot("/me/sessions", "session", "session", may_lack=True),
        Slot("/me/passkeys/end", "passkey", "passkey"),
        Slot("/me/passkeys/rename", "passkey", "passkey", {"name": "x"}),
        Slot("/me/push/try", "browser", "browser"),
        Slot("/me/push/end", "browser", "browser"),
        Slot("/words/reply", "canned", "id", reply, may_lack=True),
        Slot("/words/reply/retire", "canned", "id"),
        Slot("/words/reply/preview", "customer_no", "customer_no", reply),
        Slot("/words/macro/retire", "macro", "id"),
        Slot("/words/label", "label", "id", {"name": "x", "colour": "red"}, may_lack=True),
        Slot("/words/label/retire", "label", "id"),
        Slot("/shifts/week", "staff", "p"),
        Slot("/shifts/days", "staff", "p", {"first": "2026-12-01", "spans": ""}),
        Slot("/shifts/profile", "staff", "p", {"capacity": "3"}),
        Slot("/shifts/profile", "staff", "deputy", {"p": person, "capacity": "3"}, may_lack=True),
        Slot("/hours/week", "store", "store", may_lack=True),
        Slot("/hours/day", "store", "store", {"day": "2026-12-01"}, may_lack=True),
        Slot("/line/letter", "letter", "id"),
        Slot("/line/event", "event", "id"),
        Slot("/policy/preview", "subject", "of"),
        Slot("/policy/settle", "subject", "of", {"seen": "1"}),
    ]  # fmt: skip


LOOKS = (
    Slot("/customers/{}/identity", "customer"),
    Slot("/customers/{}", "customer"), Slot("/cases/{}", "case"), Slot("/orders/{}", "order"),
    Slot("/consignments/{}", "contract"), Slot("/credit/{}", "customer_no"),
    Slot("/newcomers/{}", "apart"), Slot("/appointments/{}/move", "appointment"),
    Slot("/appointments/new?c={}", "talk"), Slot("/appointments/new?no={}", "customer_no"),
    Slot("/tasks/{}", "todo"),
    Slot("/items/{}", "unit"), Slot("/payouts/{}", "batch"), Slot("/media/{}", "rendition"),
    Slot("/captures/{}", "asset"), Slot("/captures/{}/chapters.vtt", "asset"),
    Slot("/captures/{}/masks", "asset"), Slot("/bare/{}", "bare"),
    Slot("/bare/{}/0/0_0.jpg", "bare"),
    Slot("/compare?a={}", "asset"), Slot("/compare?a={asset}&b={}", "asset"),
    Slot("/disputes/{}", "dispute"),
    Slot("/tiles/{}/0/0_0.jpg", "rendition"),
    Slot("/files/{}", "file"), Slot("/cases/{case}/photos/{}", "file"),
    Slot("/static/{}", "file name"),
    Slot("/talk?c={}", "talk"), Slot("/talk/entries?c={}", "talk"), Slot("/talk/head?c={}", "talk"),
    Slot("/talk/send?c={}", "talk"), Slot("/talk/send?c={talk}&code={}", "unit"),
    Slot("/talk/canned?c={}", "talk"), Slot("/customer?c={}", "talk"),
    Slot("/inbox?ticket={}", "ticket"), Slot("/shifts/person?p={}", "staff"),
    Slot("/partners/one?id={}", "partner"), Slot("/words/reply?id={}", "canned"),
    Slot("/hours?store={}", "store"), Slot("/policy/edit?of={}", "subject"),
    Slot("/items/new?style={}", "style"), Slot("/items/{}/reports", "unit"),
    Slot("/shares/{}", "share"), Slot("/items/{}/share", "unit"),
    Slot("/items/{}/police", "unit"), Slot("/items/{}/consign", "owned"),
    Slot("/cases/{case}/refer/{}", "number"),
    Slot("/duties?about={}", "deal"), Slot("/duties/papers/{}", "document"),
    Slot("/condition/{}", "report"), Slot("/condition/{}/certificate", "printed report"),
)  # fmt: skip
# What narrows, sorts or turns a page: whatever it says, a page comes, or words why not.
NARROWS = (
    "/inbox?list={}", "/inbox?label={}", "/inbox/lines?list=all&after={}", "/inbox/lines?after={}",
    "/inbox/lines?list=mine&after={}", "/inbox/lines?list=late&after={}", "/inbox/counts?label={}",
    "/inbox?c={}", "/talk/entries?c={talk}&before={}", "/talk/entries?c={talk}&limit={}",
    "/stream?after={}", "/search?q={}", "?list={}", "/items?q={}", "/items?after={}",
    "/items?sort=cheap&after={}", "/items?sort=old&after={}", "/items?age={}",
    "/items?from={}&to={}",
    "/items?category={}&state={}&owner={}&held={}&shots={}&sort={}", "/items/new?q={}",
    "/shares?list={}", "/shares?code={}", "/shares?mark={}", "/shares?offset={}",
    "/cases?state={}", "/cases?offset={}", "/orders?state={}", "/orders?offset={}",
    "/credit?q={}", "/credit?offset={}", "/audit?before={}", "/audit?subject={}&actor={}&verb={}",
    "/audit?since={}&until={}", "/reports?since={}&until={}", "/shifts?from={}", "/sign-in?back={}",
    "/appointments?day={}", "/appointments?done={}", "/appointments/new?c={talk}&day={}",
    "/appointments/new?c={talk}&kind={}&store={}",
    "/welcome?t={}", "/tray?done={}",
    "/tray?list={}&offset={}", "/captures?done={}", "/items/W-99001?done={}",
    "/line?done={}", "/compare?dispute={}", "/shotlists?done={}",
    "/storage?done={}", "/station?code={}&part={}", "/stations?done={}&code={}",
    "/sale?item={}&customer={}",
    "/breaches?offset={}",
    "/oidc?code={}&state={}&iss={}", "/talk/canned?c={talk}&canned={}",
    "/inbox?list=all&after={}", "/inbox/bulk?list=all&after={}", "?list=tasks&offset={}",
    "/search?q=a&part={}&offset={}", "/captures?offset={}",
    "/media?q={}&part={}&kind={}", "/media?q=W&since={}&until={}&offset={}",
    "/consignments?offset={}",
    "/approvals?offset={}", "/line?offset={}",
)  # fmt: skip
CURSORS = (
    "[1]", "[null]", "[99999999999999999999]", "[18446744073709551615,\"a\"]", "[1,\"\\u0000\"]",
    "[1,1]", "[true,true]", "[[]]", "{}", "[1e999]", "[\"x\",\"y\",\"z\"]", "[1," * 50,
    "0.0.0", "1.1.1", "99999999999999.4.zzz", "1.9.1", "1.1.99999999999999999999", "1..1",
    "9999999999999999999~x", "0001-01-01T00:00:00+14:00~x", "9999-12-31T23:59:59-12:00~x",
    "2026-11-24T00:00:00~x", "~", "999999999999", "0001-01-01", "9999-12-31", "2026-02-30",
)  # fmt: skip


def _known(front: Front) -> dict[str, str]:
    front.at_desk(Role.OWNER)  # a session that is known, too
    found = {name: front.one(query) for name, query in IDS.items()}
    assert all(value is not None for value in found.values()), {
        name for name, value in found.items() if value is None
    }
    return {name: str(value) for name, value in found.items()}


# A capture with a pin is a capture, and a hold is on a capture or on a piece.
_SAME = {"asset": {"asset", "pinned", "keepable"}, "pinned": {"asset", "pinned", "keepable"},
         "keepable": {"asset", "pinned", "keepable", "unit", "owned"},
         "unit": {"unit", "owned"}, "owned": {"unit", "owned"},
         "deal": {"deal", "home_deal", "order_deal"},
         "home_deal": {"deal", "home_deal", "order_deal"}}  # fmt: skip


def _values(slot: Slot, known: Mapping[str, str]) -> list[str]:
    """Things of every other kind, none, and what is no id."""
    same = _SAME.get(slot.kind, {slot.kind})
    others = [value for kind, value in known.items() if kind not in same]
    numbers = slot.kind in {"batch", "wish", "letter", "event", "apart", "find", "todo", "number"}
    return [*(each for each in others if not (numbers and each.isdigit())), UNKNOWN, *MALFORMED]


def _try(front: Front, seat: Seat, slot: Slot, value: str) -> int:
    told = dict(slot.more)
    at = slot.at
    if slot.field:
        told[slot.field] = value
    else:
        at = at.replace("{}", quote(value, safe=""))
    return int(seat.post(HOME + at, told).status_code)


def test_every_place_that_names_a_thing_is_tried(front: Front) -> None:
    """So that none is forgotten: the fields of every form, and the addresses of the app."""
    pages = Path(door.__file__).parent.glob("*.py")
    source = "".join(path.read_text("utf-8") for path in pages)
    named = set(re.findall(r'form(?:\.get\(|\[)"([\w-]+)"', source))
    tried = {each.field for each in slots(_known(front))}
    assert named - tried - NO_IDS == set(), "say of each new field whether it names a thing"
    addresses = {str(getattr(each, "path", "")).removeprefix(HOME) for each in front.routes}
    wanted = {re.sub(r"\{\w+(?::path)?\}", "{}", each) for each in addresses if "{" in each}
    names = "|".join(map(re.escape, _known(front).values()))
    done = {
        re.sub(rf"/(?:{names})(?=/|$)", "/{}", each.at) for each in (*slots(_known(front)), *LOOKS)
    }
    done |= {each.at.replace("{case}", "{}") for each in LOOKS}
    left = {each for each in wanted if each not in done} - {"/{}", "/payouts/{}/result"}
    assert {each for each in left if "{}/{}" not in each} == set()


NO_IDS = {
    "why", "report", "hashes", "wished", "was", "link", "phone", "reach", "pin", "most", "note",
    "key", "words", "version", "mode", "unread", "upto", "doing", "seen", "later", "off",
    "sure", "from", "reason", "grade", "same", "accepts", "means", "twin_seen", "way", "title",
    "category", "list", "act", "part", "every", "units", "until", "name", "role", "email", "slack",
    "password", "again", "old", "back", "answer", "day", "spans", "first", "last", "capacity",
    "brands", "licence_no", "minutes", "at", "shortcut", "colour", "is_new", "for_parts",
    "agreed", "less", "ships", "hands_over", "override", "subject", "cost", "place", "price", "vip",
    "lang", "item", "points", "verdict",
    "method", "document", "account_kind", "doubt", "case", "seal", "is_jewelry",
    "edition", "kind", "severity", "told", "size",
    "sensitive", "financial", "wrongful", "due_on", "after", "outcome",
    "settles_in", "ruling", "delivery", "keep", "line",
    "follow", "due", "enough", "shot", "dispute", "taker",
}  # fmt: skip


@pytest.mark.parametrize("every", shares(9))
def test_whatever_stands_where_an_id_belongs_nothing_is_changed_and_nothing_breaks(
    front: Front, every: int
) -> None:
    share = Share(every)
    owner, known = front.at_desk(Role.OWNER), _known(front)
    before = front.digest()
    broken: list[tuple[str, str, int]] = []
    for slot in slots(known):
        unknown = _try(front, owner, slot, UNKNOWN)
        if unknown not in REFUSED:
            broken.append((str(slot), UNKNOWN, unknown))
        for value in _values(slot, known):
            if (slot.may_lack and not value.strip()) or not share.is_due():
                continue
            status = _try(front, owner, slot, value)
            if status not in {unknown, 404, 422}:
                broken.append((str(slot), value[:40], status))
        if (now := front.digest()) != before:
            changed = {name for name in now if now[name] != before.get(name)}
            broken.append((str(slot), f"changed {sorted(changed)}", 0))
            before = now
    assert broken == []


@pytest.mark.parametrize("role", [each for each in STAFF_ROLES if each is not Role.OWNER])
@pytest.mark.parametrize("every", shares(4))
def test_no_role_learns_or_changes_more_by_guessing(front: Front, role: Role, every: int) -> None:
    """Who may not is told so before anything is looked up; who may finds nothing."""
    share = Share(every)
    seat, known = front.at_desk(role), _known(front)
    before = front.digest()
    for slot in slots(known):
        if not share.is_due():
            continue
        answers = {_try(front, seat, slot, value) for value in (*FEW, known["file"])}
        assert answers <= REFUSED, (str(slot), answers)
        if 403 in answers and slot.at not in ("/shifts/days",):
            assert answers == {403}, (str(slot), answers, "the same for what is there and is not")
    assert front.digest() == before
    assert ALLOWED[role] < ALLOWED[Role.OWNER]


@pytest.mark.parametrize("role", STAFF_ROLES)
@pytest.mark.parametrize("every", shares(5))
def test_looking_at_what_is_not_there_is_one_answer(front: Front, role: Role, every: int) -> None:
    share = Share(every)
    seat, known = front.at_desk(role), _known(front)
    before = front.digest()
    for slot in LOOKS:
        base = slot.at.replace("{case}", quote(known["case"])).replace(
            "{talk}", quote(known["talk"])
        )
        values = _values(slot, known) if role is Role.OWNER else FEW
        for value in values:
            if not share.is_due():
                continue
            answer = seat.get(HOME + base.replace("{}", quote(value, safe="")))
            status = answer.status_code
            if not value.strip(" .") or value.startswith(".."):
                assert status < 500, (slot.at, value)
                continue
            assert status in {403, 404, 422}, (slot.at, value[:40], status)
            assert known["customer"] not in answer.text or slot.kind != "customer"
    assert front.digest() == before


@pytest.mark.parametrize("role", [Role.OWNER, Role.REMOTE])
@pytest.mark.parametrize("every", shares(17))
def test_no_page_breaks_whatever_its_address_asks(front: Front, role: Role, every: int) -> None:
    share = Share(every)
    seat, known = front.at_desk(role), _known(front)
    before = front.digest()
    for each in NARROWS:
        base = each.replace("{talk}", quote(known["talk"]))
        if base.startswith("/stream"):
            continue  # it never ends; what it may be asked is held by its type
        for value in (*MALFORMED, *CURSORS, *known.values()):
            if not share.is_due():
                continue
            answer = seat.get(HOME + base.replace("{}", quote(value, safe="")))
            assert answer.status_code in {200, 303, 403, 404, 422}, (each, value[:40])
    assert front.digest() == before
