"""Whatever people are called and whatever they write, Slack refuses nothing that is drawn, and no
text becomes a mention, a link or a call to a channel.
"""

import json
import re
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.credit.queries import Balance
from catalog.ground.money import Yen
from handoff.desk.digest import Owed
from handoff.desk.queries import Alarm
from handoff.desk.tables import TicketState
from handoff.slack import blocks, cards
from handoff.slack.cards import Called, Facts, Line, Piece, Waits
from handoff.slack.rules import SlackLanguage
from handoff.slack.wording.voice import StaffVoice, voice
from tests.slack_rules import problems, size_of, view_problems

NOW = datetime(2026, 11, 24, 4, 50, tzinfo=UTC)
CALLED = "U0LEAD0001"

HOSTILE = st.one_of(
    st.text(),
    st.sampled_from(
        [
            "<!channel>", "<!here|here>", "<@U0AKASHI1>", "<#C123|general>", "<https://evil|x>",
            "&lt;!channel&gt;", "@channel", "*bold* _it_ ~gone~ `code`", "\x00", "\ud800",
            "🙇" * 2_000, "&" * 4_000, "<" * 4_000, "\n" * 500, " ", "\u202eabc", "```",
            "> quote", "x" * 20_000,
        ]
    ),
)  # fmt: skip
VOICES = st.sampled_from([voice(each) for each in SlackLanguage])
LINES = st.builds(
    Line,
    at=st.just(NOW),
    who=st.sampled_from(["customer", "bot", "staff", "note"]),
    text=HOSTILE,
    name=st.none() | HOSTILE,
    is_lost=st.booleans(),
)
NOTES = st.builds(
    Line, at=st.just(NOW), who=st.just("note"), text=HOSTILE, name=st.none() | HOSTILE,
    calls=st.just((CALLED,)),
)  # fmt: skip
ALARMS = st.builds(
    Called,
    at=st.just(NOW),
    alarm=st.sampled_from([each.value for each in Alarm]),
    level=st.integers(0, 2),
    slack_ids=st.just((CALLED,)) | st.just(()),
    promised_at=st.just(NOW),
)
FACTS = st.builds(
    Facts,
    ticket=st.just("01HZZZZZZZZZZZZZZZZZZZZZZZ"),
    state=st.sampled_from(TicketState),
    reason=st.sampled_from(["asked", "complaint", "doubt", "strange"]),
    customer=st.none() | HOSTILE,
    mark=st.just("A1B2"),
    channel=st.sampled_from(["line", "web", "slack", "else"]),
    promised_at=st.just(NOW),
    owner=st.none() | HOSTILE,
    piece=st.none() | HOSTILE,
    unanswered_since=st.none() | st.just(NOW),
    wake_at=st.none() | st.just(NOW),
    last=st.lists(LINES, max_size=12).map(tuple),
    url=st.none() | st.just("https://shop.example/console/inbox?ticket=1"),
    thread_url=st.none() | st.just("https://slack.com/archives/C1/p1"),
    prefix=st.just("返信:"),
)
EXAMPLES = settings(max_examples=60, deadline=None)


def fits(message: dict[str, Any], *, called: tuple[str, ...] = ()) -> None:
    """Slack takes it, and nothing in it means more than its letters."""
    assert problems(message, called) == []
    assert size_of(message["blocks"]) <= 13_200
    assert message["text"].strip()
    assert size_of(message["text"]) <= 4_000
    json.dumps(message, ensure_ascii=False).encode()
    for text in texts(message):
        bare = text
        for each in called:
            bare = bare.replace(f"<@{each}>", "")
        bare = re.sub(r"<https://slack\.com/archives/[A-Z0-9/]+p\d+\|[^<>]*>", "", bare)
        assert "<" not in bare
        assert ">" not in bare


def texts(message: dict[str, Any]) -> list[str]:
    """Every text in which Slack looks for mentions."""
    found = [message["text"]] if "text" in message and isinstance(message["text"], str) else []

    def look(value: Any) -> None:
        if isinstance(value, dict):
            if value.get("type") == "mrkdwn":
                found.append(value["text"])
            for each in value.values():
                look(each)
        elif isinstance(value, list):
            for each in value:
                look(each)

    look(message["blocks"])
    return found


@EXAMPLES
@given(FACTS, VOICES)
def test_a_card_fits_whoever_waits(facts: Facts, words: StaffVoice) -> None:
    fits(cards.card(facts, words))


@EXAMPLES
@given(
    st.lists(
        LINES | NOTES | ALARMS | st.just(Waits(NOW, NOW)),
        min_size=1,
        max_size=60,
    ),
    VOICES,
    HOSTILE,
)
def test_what_was_said_is_told_whole_in_posts_that_fit(
    lines: list[Any], words: StaffVoice, customer: str
) -> None:
    rest, posts = lines, 0
    while rest:
        message, held = cards.talk(rest, words, customer)
        assert held >= 1
        fits(message, called=(CALLED,))
        assert len(message["blocks"]) == held
        assert message.get("reply_broadcast", False) == any(
            isinstance(each, Waits) for each in rest[:held]
        )
        rest, posts = rest[held:], posts + 1
    assert posts <= len(lines)


@EXAMPLES
@given(FACTS, VOICES, st.booleans())
def test_windows_fit(facts: Facts, words: StaffVoice, at_home: bool) -> None:
    for view in (
        cards.reply_view(facts, words, at_home=at_home),
        cards.snooze_view(facts, words, now=NOW),
    ):
        assert view_problems(view, "modal") == []
        assert json.loads(view["private_metadata"])["ticket"] == facts.ticket


@EXAMPLES
@given(st.lists(FACTS, max_size=25), st.lists(FACTS, max_size=25), VOICES, st.booleans())
def test_the_apps_own_page_and_the_queue_fit(
    mine: list[Facts], waiting: list[Facts], words: StaffVoice, may_claim: bool
) -> None:
    view = cards.home_view(mine, waiting, words, may_claim=may_claim)
    assert view_problems(view, "home") == []
    fits(cards.queue(waiting, words, may_claim=may_claim))


@EXAMPLES
@given(HOSTILE, HOSTILE, VOICES, st.none() | st.integers(0, 10**9))
def test_pieces_and_credit_fit(title: str, name: str, words: StaffVoice, price: int | None) -> None:
    fits(cards.piece(Piece("W-1", title, "listed", None, price, 1, 2), words))
    held = Balance(Yen(1), Yen(1), Yen(0), Yen(0), (), date(2026, 12, 1), Yen(1), Yen(5))
    fits(cards.credit(name, "C-1", held, words))
    fits(cards.several([(name, "C-1"), (title, "C-2")] * 10, words))
    fits(cards.answered(title))


@given(HOSTILE, st.integers(2, 400))
def test_a_cut_text_is_no_longer_than_asked_and_never_half_an_escape(text: str, most: int) -> None:
    told = blocks.plain(text, max(most, 8))
    assert blocks.units(told) <= max(most, 8)
    assert not re.search(r"&(?!amp;|lt;|gt;)", told)


def test_an_alert_calls_only_ids_of_the_register() -> None:
    facts = Facts("T", TicketState.WAITING, "asked", "<@U0EVIL00001>", "A1B2", "line", NOW)
    words = voice(SlackLanguage.JA)
    ids = [CALLED, "<!channel>", "U1> <!here"]
    message = cards.alert(facts, Alarm.RISEN, 2, ids, words, at=NOW)
    fits(message, called=(CALLED,))
    assert message["text"].count("<@") == 1
    assert "責任者" in message["text"]


@pytest.mark.parametrize("language", list(SlackLanguage))
def test_every_alarm_says_something_of_its_own(language: SlackLanguage) -> None:
    words = voice(language)
    told = {each: words.alert(each.value, 1, "佐藤様", NOW) for each in Alarm}
    assert len(set(told.values())) == len(Alarm)
    assert all("佐藤様" in each for each in told.values())
    assert words.alert("risen", 1, "佐藤様", NOW) != words.alert("risen", 2, "佐藤様", NOW)


def test_a_note_names_whom_it_calls_and_no_text_does() -> None:
    words = voice(SlackLanguage.JA)
    line = Line(NOW, "note", "@佐藤 <@U0EVIL00001> 確認を", "田中", calls=(CALLED, "<!channel>"))
    message, _ = cards.talk([line], words, "山田様")
    fits(message, called=(CALLED,))
    assert message["text"].count(f"<@{CALLED}>") == 1


@EXAMPLES
@given(VOICES, st.lists(st.integers(0, 500), min_size=5, max_size=5).filter(any))
def test_the_mornings_count_fits(words: StaffVoice, counts: list[int]) -> None:
    captures, late, *others = counts
    count = Owed(captures, min(late, captures), *others)
    message = cards.owed(count, words, url="https://shop.example/console")
    fits(message)
    for each in (captures, *others):
        assert str(each) in message["text"] or not each


@EXAMPLES
@given(VOICES, st.booleans(), st.booleans(), st.integers(0, 40))
def test_a_task_fits_and_names_whom_it_is_for(
    words: StaffVoice, is_call: bool, is_late: bool, many: int
) -> None:
    """R-065, R-151."""
    ids = [f"U{number:09d}" for number in range(many)]
    url = "https://shop.example/console/tasks/1"
    message = cards.task(ids, words, is_call=is_call, is_late=is_late, by=NOW, url=url)
    fits(message, called=tuple(ids))
    assert all(f"<@{each}>" in message["text"] for each in ids[:20])
    others = {words.task(is_call=not is_call, is_late=is_late, by=NOW),
              words.task(is_call=is_call, is_late=not is_late, by=NOW)}  # fmt: skip
    assert words.task(is_call=is_call, is_late=is_late, by=NOW) not in others


@pytest.mark.parametrize(
    ("state", "acts"),
    [
        (TicketState.WAITING, [cards.CLAIM, cards.REPLY]),
        (TicketState.CLAIMED, [cards.REPLY, cards.SNOOZE, cards.CLOSE]),
        (TicketState.SNOOZED, [cards.REPLY, cards.WAKE, cards.CLOSE]),
        (TicketState.CLOSED, [cards.CLAIM]),
    ],
)
def test_each_state_offers_what_can_be_done_in_it(state: TicketState, acts: list[str]) -> None:
    facts = Facts("T", state, "asked", "山田", "A1B2", "line", NOW)
    message = cards.card(facts, voice(SlackLanguage.JA))
    found = [
        each["action_id"]
        for block in message["blocks"]
        if block["type"] == "actions"
        for each in block["elements"]
    ]
    assert found == acts


def test_both_languages_say_the_same_things() -> None:
    ja, en = voice(SlackLanguage.JA), voice(SlackLanguage.EN)
    promised = {name for name in vars(StaffVoice) if not name.startswith("_")} - {"lang"}
    for words in (ja, en):
        assert all(callable(getattr(words, name)) for name in promised)
    assert ja.moment(NOW) == "2026年11月24日(火) 13:50"
    assert ja.yen(1_234_567) == "¥1,234,567"
