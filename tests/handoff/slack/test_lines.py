"""What of a conversation stands on Slack, where remote advisers read along: never how a customer is
reached (R-142), and no paper they sent.
"""

import json
from datetime import datetime

from sqlalchemy import update
from sqlmodel import Session, select

from bot.line.parse import to_event
from catalog.ground.session.database import Database
from catalog.ground.worklist import DueWork
from conversations.inbox.tables import Heard
from conversations.messages import SentKind, Text
from handoff.desk import actions as desk
from handoff.desk import queries as desk_queries
from handoff.desk.tables import TicketReason
from handoff.slack import actions, cards, files, lines, queries
from handoff.slack.cards import Line
from handoff.slack.files import Copy
from handoff.slack.queries import StaffSlack
from handoff.slack.rules import SlackLanguage
from handoff.slack.tables import SlackThread
from handoff.slack.wording.voice import voice
from media.intake.tables import ReceivedFile, ReceivedState
from tests import line_events
from tests.handoff.desk.talk import heard, says, talk_of, writes

USER = "Umisaki"
MISAKI = talk_of(USER)
SLACK = StaffSlack("C0HANDOFF", {"line": to_event}, {}, "https://shop.example")
SAID = "電話は090-1234-5678、送り先は東京都中央区銀座1-2-3です。misaki@example.jp"
SECRETS = ("090", "1234-", "銀座", "misaki@")


def _thread(database: Database, now: datetime) -> None:
    def unit(db: Session) -> None:
        desk.call(
            db, MISAKI, TicketReason.ASKED, lang="ja", about_unit=None, promised_at=now, now=now
        )
        actions.show(db, MISAKI, SLACK.channel, now=now)
        db.connection().execute(update(SlackThread).values(ts="1.1"))

    database.write(unit)


def test_nobody_reads_on_slack_how_a_customer_is_reached(database: Database, now: datetime) -> None:
    says(database, USER, SAID, now=now)
    heard(database, line_events.location_event(USER, at=now), now=now)
    (letter,) = writes(database, USER, [Text(SAID)], now=now, by="staff")
    _thread(database, now)

    def shown(db: Session) -> str:
        words = voice(SlackLanguage.JA)
        read = lines.reading(db, SLACK.parsers, words)
        told = lines.again(
            db, [*(f"in:{each}" for each in db.exec(select(Heard.id))), f"out:{letter}"], read
        )
        thread = queries.thread_of(db, MISAKI)
        assert thread is not None
        ticket = desk_queries.open_of(db, MISAKI)
        assert ticket is not None
        facts = queries.facts(db, ticket, SLACK)
        spoken = [each.line for each in told if isinstance(each.line, Line)]
        assert len(spoken) == 3 and facts.last
        drawn = [
            cards.talk(spoken, words, "佐藤様"), cards.card(facts, words),
            cards.reply_view(facts, words),
        ]  # fmt: skip
        return json.dumps(drawn, ensure_ascii=False)

    told = database.read(shown)
    assert "***-****-5678" in told
    assert not [each for each in SECRETS if each in told]


def test_pictures_and_films_are_copied_and_papers_stay_in_the_console(
    database: Database, now: datetime
) -> None:
    _thread(database, now)

    def copied(db: Session, kind: SentKind) -> bool:
        row = ReceivedFile(
            id=kind, conversation=MISAKI, channel="line", message_id=kind, kind=kind,
            state=ReceivedState.STORED, source="line", sha256="0" * 64, size=1, key=kind,
            sent_at=now, wanted_at=now, stored_at=now,
        )  # fmt: skip
        db.add(row)
        db.flush()
        work = DueWork(1, "slack.copy", MISAKI, kind, {"message": kind}, 0, now, now)
        return isinstance(files.copy_of(db, work, SLACK, now=now), Copy)

    found = database.write(lambda db: {each for each in SentKind if copied(db, each)})
    assert found == {SentKind.IMAGE, SentKind.VIDEO}
