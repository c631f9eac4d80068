"""What staff see on Slack, drawn from facts (カード・画面): pure, plain dicts within Slack's limits
whatever the text, and always with words beside the blocks.

Nothing here tells an address or a telephone number. Sentences come from `wording`, building pieces
from `blocks`.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from catalog.credit.queries import Balance
from catalog.duties.actors import Actor, Role
from catalog.grading.checklists import Shot
from handoff.desk.digest import Owed
from handoff.desk.tables import TicketState
from handoff.slack.blocks import (
    ALL_MOST,
    NOTICE_MOST,
    SECTION_MOST,
    TITLE_MOST,
    Block,
    actions,
    button,
    context,
    cut,
    divider,
    escaped,
    field_of,
    fields,
    header,
    label,
    link,
    one_line,
    option,
    plain,
    section,
    units,
    weight,
    whole,
)
from handoff.slack.rules import SnoozeChoice, wakes_at
from handoff.slack.wording.voice import StaffVoice
from handoff.staff import masking

Message = dict[str, Any]
View = dict[str, Any]

# What a button, a view or a field is called; `gestures` reads the same words.
ACT = "desk"
CLAIM, REPLY, SNOOZE, WAKE, CLOSE, CONSOLE = (
    f"{ACT}:claim", f"{ACT}:reply", f"{ACT}:snooze", f"{ACT}:wake", f"{ACT}:close",
    f"{ACT}:console",
)  # fmt: skip
TEXT, FILES, UNTIL, DAY, CLOCK = "text", "files", "until", "day", "clock"
FILE_TYPES = ["jpg", "jpeg", "png", "heic", "webp", "gif", "mp4", "mov", "m4v"]
FILES_MOST = 5
REPLY_MOST = 3_000

LINES_A_POST = 40
_LINE_MOST = 1_500
_POST_MOST = 9_000
_ROWS_MOST = 15  # conversations of one list
_CALLED_MOST = 20
_CHANNEL = Actor("", Role.REMOTE)  # everybody in it at once sees what the least of them may
_LAST_MOST = 400  # of one of the last words on a card
LAST_LINES = 10


@dataclass(frozen=True, slots=True)
class Line:
    """One thing said. `who`: customer, bot, staff or note; `name` of a person of the shop.
    `is_lost`: it did not reach the customer. `calls`: Slack's ids of those a note calls.
    """

    at: datetime
    who: str
    text: str
    name: str | None = None
    is_lost: bool = False
    calls: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Called:
    """An alert: these people are called by name. `alarm`: why (`desk.queries.Alarm`); `slack_ids`
    are Slack's own.
    """

    at: datetime
    alarm: str
    level: int
    slack_ids: tuple[str, ...]
    promised_at: datetime


@dataclass(frozen=True, slots=True)
class Waits:
    """Somebody waits again; the whole channel sees this line."""

    at: datetime
    promised_at: datetime


Spoken = Line | Called | Waits


@dataclass(frozen=True, slots=True)
class Facts:
    """A ticket as it is shown. `customer` is the name as far as it may stand on Slack, `mark` tells
    nameless ones apart; `owner` a name; `url` the console's page. `place`: where its thread is.
    """

    ticket: str
    state: TicketState
    reason: str
    customer: str | None
    mark: str
    channel: str
    promised_at: datetime
    owner: str | None = None
    piece: str | None = None
    unanswered_since: datetime | None = None
    wake_at: datetime | None = None
    last: tuple[Line, ...] = ()
    url: str | None = None
    thread_url: str | None = None
    prefix: str = ""

    def called(self, words: StaffVoice) -> str:
        """The customer, in words."""
        return words.customer(self.customer, self.channel, self.mark)


def card(facts: Facts, words: StaffVoice) -> Message:
    """The first message of a thread: who, what, whose, until when, and what can be done."""
    state = words.state(facts.state.value, facts.owner)
    blocks = [header(facts.called(words)), fields(_told(facts, state, words))]
    if facts.last:
        blocks.append(context(f"*{escaped(words.last_words())}*"))
        blocks += _lines(facts.last[-LAST_LINES:], words, _LAST_MOST)
    buttons = _buttons(facts, words)
    if buttons:
        blocks.append(actions(buttons))
    if facts.state is not TicketState.CLOSED:
        blocks.append(context(escaped(words.how_to_answer(facts.prefix))))
    return _message(words.card_notice(facts.called(words), state), blocks)


def _told(facts: Facts, state: str, words: StaffVoice) -> list[tuple[str, str]]:
    told = [
        (words.label_state(), state),
        (words.label_reason(), words.reason(facts.reason)),
        (words.label_promise(), words.moment(facts.promised_at)),
    ]
    if facts.piece is not None:
        told.append((words.label_piece(), facts.piece))
    if facts.unanswered_since is not None:
        told.append((words.label_waiting_since(), words.moment(facts.unanswered_since)))
    if facts.state is TicketState.SNOOZED:
        wakes = words.moment(facts.wake_at) if facts.wake_at else words.wakes_on_reply()
        told.append((words.label_wakes(), wakes))
    return told


def _buttons(facts: Facts, words: StaffVoice) -> list[Block]:
    """By state alone: everybody sees the same card, and who presses is asked when it is pressed."""
    ticket = facts.ticket
    match facts.state:
        case TicketState.WAITING:
            made = [
                button(words.button_claim(), CLAIM, ticket, style="primary"),
                button(words.button_reply(), REPLY, ticket),
            ]
        case TicketState.CLAIMED:
            made = [
                button(words.button_reply(), REPLY, ticket, style="primary"),
                button(words.button_snooze(), SNOOZE, ticket),
                _close(ticket, words),
            ]
        case TicketState.SNOOZED:
            made = [
                button(words.button_reply(), REPLY, ticket, style="primary"),
                button(words.button_wake(), WAKE, ticket),
                _close(ticket, words),
            ]
        case TicketState.CLOSED:
            made = [button(words.button_claim(), CLAIM, ticket)]
    if facts.url is not None:
        made.append(link(words.button_console(), CONSOLE, facts.url))
    return made


def _close(ticket: str, words: StaffVoice) -> Block:
    made = button(words.button_close(), CLOSE, ticket)
    made["confirm"] = {
        "title": label(words.button_close(), 100),
        "text": label(words.confirm_close(), 300),
        "confirm": label(words.button_close(), 30),
        "deny": label(words.button_cancel(), 30),
    }
    return made


def talk(lines: Sequence[Spoken], words: StaffVoice, customer: str) -> tuple[Message, int]:
    """The next message of a thread from what was said, in order, and how many of the lines it
    holds: at least one, the rest goes into the next.
    """
    blocks: list[Block] = []
    held = 0
    for each in lines[:LINES_A_POST]:
        block = section(_drawn(each, words, customer))
        if held and weight([*blocks, block]) > _POST_MOST:
            break
        blocks.append(block)
        held += 1
    said = "\n".join(_said(each, words, customer) for each in lines[:held])
    message = _message(said, blocks, is_escaped=True)
    if any(isinstance(each, Waits) for each in lines[:held]):
        message["reply_broadcast"] = True
    return message, held


def _lines(lines: Sequence[Line], words: StaffVoice, most: int) -> list[Block]:
    return [_line(each, words, most) for each in lines]


def _line(line: Line, words: StaffVoice, most: int = _LINE_MOST) -> Block:
    return section(_spoken(line, words, most))


def _spoken(line: Line, words: StaffVoice, most: int) -> str:
    who = one_line(words.speaker(line.who, line.name).replace("*", "＊"), 100)
    lost = f" ⚠ {escaped(words.not_delivered())}" if line.is_lost else ""
    called = f" {_names(line.calls)}" if line.calls else ""
    return f"*{who}* {words.clock(line.at)}{lost}{called}\n{plain(_hidden(line.text), most)}"


def _hidden(text: str) -> str:
    """As the channel may see it, in which are people who may not see a contact (R-142)."""
    return masking.words(text, _CHANNEL)


def _names(slack_ids: Sequence[str]) -> str:
    # The only mentions there are: ids of the register of staff, never out of a text.
    return " ".join(f"<@{each}>" for each in slack_ids[:_CALLED_MOST] if each.isalnum())


def _drawn(each: Spoken, words: StaffVoice, customer: str) -> str:
    match each:
        case Line():
            return _spoken(each, words, _LINE_MOST)
        case Called():
            return _alert(each, words, customer)
        case Waits(promised_at=promised_at):
            return escaped(words.waits_again(cut(whole(customer), 200), promised_at))


def _alert(alert: Called, words: StaffVoice, customer: str) -> str:
    told = words.alert(alert.alarm, alert.level, cut(whole(customer), 200), alert.promised_at)
    return f"{_names(alert.slack_ids)} ⏰ {escaped(told)}".strip()


def _said(each: Spoken, words: StaffVoice, customer: str) -> str:
    if not isinstance(each, Line):
        return _drawn(each, words, customer)
    who = f"{_names(each.calls)} {one_line(words.speaker(each.who, each.name), 100)}".strip()
    return f"{who}: {one_line(_hidden(each.text), 200)}"


def alert(
    facts: Facts,
    alarm: str,
    level: int,
    slack_ids: Sequence[str],
    words: StaffVoice,
    *,
    at: datetime,
) -> Message:
    """These people are called by name in the thread (R-156)."""
    called = Called(at, alarm, level, tuple(slack_ids), facts.promised_at)
    return talk([called], words, facts.called(words))[0]


def owed(count: Owed, words: StaffVoice, *, url: str | None) -> Message:
    """Each morning, to the channel: what somebody waits for to be photographed, and what is of no
    piece yet (R-021).
    """
    told = words.owed(count.captures, count.late, count.undelivered, count.aside, count.unmatched)
    blocks = [section(plain(told, SECTION_MOST))]
    if url is not None:
        blocks.append(actions([link(words.button_console(), CONSOLE, url)]))
    return _message(told, blocks)


def task(
    slack_ids: Sequence[str],
    words: StaffVoice,
    *,
    is_call: bool,
    is_late: bool,
    by: datetime,
    url: str | None,
) -> Message:
    """A task whose time a customer knows: these people are called by name (R-065, R-151)."""
    told = f"{_names(slack_ids)} ⏰ {escaped(words.task(is_call=is_call, is_late=is_late, by=by))}"
    blocks = [section(told.strip())]
    if url is not None:
        blocks.append(actions([link(words.button_console(), CONSOLE, url)]))
    return _message(told.strip(), blocks, is_escaped=True)


def booking(told: str, slack_ids: Sequence[str], words: StaffVoice, *, url: str | None) -> Message:
    """To the channel: what happened to an appointment, and whom it is for."""
    said = f"{_names(slack_ids)} 📅 {escaped(told)}".strip()
    blocks = [section(said)]
    if url is not None:
        blocks.append(actions([link(words.button_console(), CONSOLE, url)]))
    return _message(said, blocks, is_escaped=True)


def answered(text: str, blocks: Sequence[Block] = ()) -> Message:
    """What only the person who did something sees."""
    return _message(text, list(blocks) or [section(plain(text, SECTION_MOST))])


def reply_view(facts: Facts, words: StaffVoice, *, at_home: bool = False) -> View:
    """Where an answer to the customer is written. `at_home`: opened on the app's own page."""
    to = words.reply_to(facts.called(words), facts.channel)
    blocks = [section(plain(to, SECTION_MOST))]
    blocks += _lines([each for each in facts.last if each.who != "note"][-3:], words, _LAST_MOST)
    write = {
        "type": "plain_text_input",
        "action_id": TEXT,
        "multiline": True,
        "max_length": REPLY_MOST,
    }
    blocks.append(field_of(TEXT, words.reply_text(), write, is_optional=True))
    add = {
        "type": "file_input",
        "action_id": FILES,
        "filetypes": list(FILE_TYPES),
        "max_files": FILES_MOST,
    }
    blocks.append(field_of(FILES, words.reply_files(), add, is_optional=True))
    about: dict[str, object] = {"ticket": facts.ticket, "home": at_home}
    return _modal(REPLY, about, words.reply_title(), words.button_send(), blocks, words)


def snooze_view(facts: Facts, words: StaffVoice, *, now: datetime) -> View:
    """Until when it is put aside: each ready choice with its exact moment."""
    choices = [
        option(
            words.snooze_choice(
                choice.value,
                None if choice is SnoozeChoice.MOMENT else wakes_at(choice, now=now),
            ),
            choice.value,
        )
        for choice in SnoozeChoice
    ]
    select = {
        "type": "radio_buttons",
        "action_id": UNTIL,
        "options": choices,
        "initial_option": choices[0],
    }
    day = {"type": "datepicker", "action_id": DAY}
    clock = {"type": "timepicker", "action_id": CLOCK}
    blocks = [
        section(plain(facts.called(words), SECTION_MOST)),
        field_of(UNTIL, words.snooze_until(), select),
        field_of(DAY, words.snooze_day(), day, is_optional=True),
        field_of(CLOCK, words.snooze_clock(), clock, is_optional=True),
    ]
    about: dict[str, object] = {"ticket": facts.ticket, "home": False}
    return _modal(SNOOZE, about, words.snooze_title(), words.button_decide(), blocks, words)


def _modal(
    callback: str,
    about: dict[str, object],
    title: str,
    submit: str,
    blocks: list[Block],
    words: StaffVoice,
) -> View:
    return {
        "type": "modal",
        "callback_id": callback,
        "private_metadata": json.dumps(about),
        "title": label(title, TITLE_MOST),
        "submit": label(submit, TITLE_MOST),
        "close": label(words.button_cancel(), TITLE_MOST),
        "blocks": blocks,
    }


def home_view(
    mine: Sequence[Facts], waiting: Sequence[Facts], words: StaffVoice, *, may_claim: bool = True
) -> View:
    """The app's own page: my conversations with their times, and who waits."""
    blocks = [header(words.home_mine(len(mine))), *_rows(mine, words, presses=REPLY)]
    blocks += [divider(), header(words.home_waiting(len(waiting)))]
    blocks += _rows(waiting, words, presses=CLAIM if may_claim else None)
    return {"type": "home", "callback_id": f"{ACT}:home", "blocks": blocks}


def _rows(listed: Sequence[Facts], words: StaffVoice, *, presses: str | None) -> list[Block]:
    if not listed:
        return [context(escaped(words.home_nothing()))]
    blocks: list[Block] = []
    for each in listed[:_ROWS_MOST]:
        row = section(_row(each, words))
        if presses is not None:
            name = words.button_claim() if presses == CLAIM else words.button_reply()
            row["accessory"] = button(name, presses, each.ticket)
        blocks.append(row)
    if len(listed) > _ROWS_MOST:
        blocks.append(context(escaped(words.home_more(len(listed) - _ROWS_MOST))))
    return blocks


def _row(facts: Facts, words: StaffVoice) -> str:
    who = one_line(facts.called(words).replace("*", "＊"), 150)
    told = [
        words.state(facts.state.value, facts.owner),
        f"{words.label_promise()} {words.moment(facts.promised_at)}",
    ]
    if facts.unanswered_since is not None:
        told.append(f"{words.label_waiting_since()} {words.moment(facts.unanswered_since)}")
    if facts.state is TicketState.SNOOZED:
        wakes = words.moment(facts.wake_at) if facts.wake_at else words.wakes_on_reply()
        told.append(f"{words.label_wakes()} {wakes}")
    if facts.piece is not None:
        told.append(facts.piece)
    line = f"*{who}*\n{one_line(' · '.join(told), 600)}"
    if facts.thread_url is not None:
        line += f"\n<{facts.thread_url}|{escaped(words.open_thread())}>"
    return line


def queue(listed: Sequence[Facts], words: StaffVoice, *, may_claim: bool = True) -> Message:
    """`/handoff`: who waits, the earliest promise first."""
    if not listed:
        return answered(words.queue_empty())
    title = words.queue_title(len(listed))
    rows = _rows(listed, words, presses=CLAIM if may_claim else None)
    return answered(title, [header(title), *rows])


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece as staff see it."""

    code: str
    title: str
    state: str
    grade: str | None
    price: int | None
    films: int
    stills: int
    url: str | None = None
    shots_told: str = ""
    missing_shots: Sequence[Shot] = ()


def piece(shown: Piece, words: StaffVoice) -> Message:
    """`/item`: grade, price, state, what there is to see and what of the checklist is missing."""
    told = [
        (words.label_state(), words.unit_state(shown.state)),
        (words.label_grade(), shown.grade or words.ungraded()),
        (
            words.label_price(),
            words.yen(shown.price) if shown.price is not None else words.unpriced(),
        ),
        (words.label_media(), words.media(shown.films, shown.stills)),
    ]
    if shown.shots_told:
        told.append((words.label_shots(), words.shots(shown.shots_told, shown.missing_shots)))
    blocks = [header(f"{shown.code} {shown.title}"), fields(told)]
    if shown.url is not None:
        blocks.append(actions([link(words.button_console(), CONSOLE, shown.url)]))
    return answered(f"{shown.code} {shown.title}", blocks)


def credit(name: str, number: str, held: Balance, words: StaffVoice) -> Message:
    """`/credit` of one customer."""
    ends = (
        words.next_end(held.ends_next, held.next_expires_on)
        if held.next_expires_on is not None
        else words.no_end()
    )
    told = [
        (words.label_spendable(), words.yen(held.spendable)),
        (words.label_next_end(), ends),
        (words.label_held(), words.yen(held.held)),
    ]
    if held.owed:
        told.append((words.label_owed(), words.yen(held.owed)))
    title = words.credit_title(name, number)
    return answered(title, [header(title), fields(told)])


def several(people: Sequence[tuple[str, str]], words: StaffVoice) -> Message:
    """`/credit` of a name several customers have: names and numbers, no amounts."""
    title = words.credit_several()
    rows = [
        section(one_line(words.credit_title(name, number), 300))
        for name, number in people[:_ROWS_MOST]
    ]
    return answered(title, [section(plain(title, SECTION_MOST)), *rows])


def _message(said: str, blocks: list[Block], *, is_escaped: bool = False) -> Message:
    """Words and blocks together; where all blocks are too heavy, the last ones are left out."""
    while len(blocks) > 50 or (weight(blocks) > ALL_MOST and len(blocks) > 1):
        heaviest = max(range(1, len(blocks)), key=lambda n: weight(blocks[n]))
        blocks = [*blocks[:heaviest], *blocks[heaviest + 1 :]]
    text = said if is_escaped else plain(said, NOTICE_MOST)
    if units(text) > NOTICE_MOST:
        text = _cut_escaped(text)
    return {"text": text or "–", "blocks": blocks}


def _cut_escaped(text: str) -> str:
    """Cut whole lines of escaped text, so that no sign is left half."""
    kept: list[str] = []
    held = 0
    for each in text.split("\n"):
        held += units(each) + 1
        if kept and held > NOTICE_MOST:
            break
        kept.append(each)
    return "\n".join(kept)
