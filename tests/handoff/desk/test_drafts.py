"""Drafts: one person's own, in one conversation, of one kind; never lost, never shown elsewhere."""

from datetime import datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog.duties.actors import Actor, Role
from catalog.ground.record import ConversationId, StaffId
from catalog.ground.session.database import Database
from handoff.desk import actions as desk
from handoff.desk import drafts
from handoff.desk.drafts import DraftMoved, Mode, Sent
from tests.handoff.desk.talk import here, says, talk_of

TALKS = [talk_of("U" + each * 32) for each in "cde"]
PEOPLE = [StaffId("sato"), StaffId("tanaka")]
SATO, TANAKA = Actor("sato", Role.ADVISER), Actor("tanaka", Role.MANAGER)
_Where = tuple[ConversationId, StaffId, Mode]
WHERE = st.tuples(st.sampled_from(TALKS), st.sampled_from(PEOPLE), st.sampled_from(list(Mode)))


@given(st.lists(st.tuples(WHERE, st.text(max_size=5)), max_size=30))
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_a_draft_for_one_conversation_never_appears_in_another(
    database: Database, now: datetime, saves: list[tuple[_Where, str]]
) -> None:
    for talk in TALKS:
        database.write(lambda db, talk=talk: drafts.forget(db, talk))  # type: ignore[misc]  # bound at once
    kept: dict[_Where, str] = {}
    for where, words in saves:
        talk, who, mode = where

        def unit(
            db: object,
            talk: ConversationId = talk,
            who: StaffId = who,
            mode: Mode = mode,
            words: str = words,
        ) -> None:
            stands = drafts.of(db, talk, who)[mode]  # type: ignore[arg-type]  # a session
            drafts.save(db, talk, who, mode, words, version=stands.version, now=now)  # type: ignore[arg-type]  # a session

        database.write(unit)
        kept[where] = words.replace("\x00", "")
    for talk in TALKS:
        for who in PEOPLE:
            shown = database.read(lambda db, talk=talk, who=who: drafts.of(db, talk, who))  # type: ignore[misc]  # bound at once
            for mode in Mode:
                assert shown[mode].body == kept.get((talk, who, mode), "")


def test_two_browsers_do_not_overwrite_each_other_silently(
    database: Database, now: datetime
) -> None:
    def save(words: str, version: int) -> int:
        return database.write(
            lambda db: drafts.save(
                db, TALKS[0], PEOPLE[0], Mode.REPLY, words, version=version, now=now
            )
        )

    assert save("一", 0) == 1
    assert save("一二", 1) == 2
    with pytest.raises(DraftMoved) as moved:
        save("一三", 1)
    assert (moved.value.body, moved.value.version) == ("一二", 2)
    assert save("一二", 1) == 2  # the same words: nothing is lost
    with pytest.raises(DraftMoved):
        save("新しい", 0)


def test_sending_clears_exactly_the_draft_that_was_sent(database: Database, now: datetime) -> None:
    talk, other = TALKS[0], TALKS[1]
    says(database, "U" + "c" * 32, "こんにちは", now=now)
    database.write(lambda db: desk.take_over(db, talk, SATO, lang="ja", now=now))
    for where, mode in ((talk, Mode.REPLY), (talk, Mode.NOTE), (other, Mode.REPLY)):
        database.write(
            lambda db, where=where, mode=mode: drafts.save(  # type: ignore[misc]  # bound at once
                db, where, PEOPLE[0], mode, "下書き", version=0, now=now
            )
        )
    hello = [[{"type": "text", "text": "hello"}]]
    database.write(
        lambda db: desk.answer(db, talk, SATO, hello, key="k", draft=Sent("hello", 1), now=now)
    )
    here = database.read(lambda db: drafts.of(db, talk, PEOPLE[0]))
    assert here[Mode.REPLY].body == "" and here[Mode.NOTE].body == "下書き"
    assert database.read(lambda db: drafts.begun_by(db, PEOPLE[0])) == [talk, other]
    # What was typed on in another window is not what was sent.
    version = here[Mode.REPLY].version
    for words, made_from in (("次の", version), ("次の文", version + 1)):
        database.write(
            lambda db, words=words, made_from=made_from: drafts.save(  # type: ignore[misc]  # bound at once
                db, talk, PEOPLE[0], Mode.REPLY, words, version=made_from, now=now
            )
        )
    database.write(
        lambda db: desk.answer(
            db, talk, SATO, hello, key="k2", draft=Sent("次の", version + 1), now=now
        )
    )
    after = database.read(lambda db: drafts.of(db, talk, PEOPLE[0]))
    assert after[Mode.REPLY].body == "次の文"


@pytest.mark.parametrize("known", [0, 1])
@pytest.mark.parametrize("is_late", [False, True])
def test_words_kept_while_they_leave_do_not_stand_there_again(
    database: Database, now: datetime, known: int, is_late: bool
) -> None:
    """A save was under way when they were sent: it comes before them, or after."""
    talk, me, typed = TALKS[0], PEOPLE[0], "本日お送りします\r\n佐藤 "

    def save(words: str, version: int) -> int:
        return database.write(
            lambda db: drafts.save(db, talk, me, Mode.REPLY, words, version=version, now=now)
        )

    if known:
        save("本日", 0)
    if not is_late:
        save(typed, known)
    sent = Sent("本日お送りします\n佐藤", known)
    assert database.write(lambda db: drafts.clear(db, talk, me, Mode.REPLY, sent, now=now))
    if is_late:
        with pytest.raises(DraftMoved):
            save(typed, known)
    assert database.read(lambda db: drafts.of(db, talk, me))[Mode.REPLY].body == ""
    assert not database.read(lambda db: drafts.begun_by(db, me))


def test_a_draft_outlives_the_change_of_the_owner_and_the_end(
    database: Database, now: datetime
) -> None:
    talk = TALKS[0]
    here(database, SATO, TANAKA, now=now)
    says(database, "U" + "c" * 32, "こんにちは", now=now)
    taken = database.write(lambda db: desk.take_over(db, talk, SATO, lang="ja", now=now))
    database.write(
        lambda db: drafts.save(db, talk, PEOPLE[0], Mode.REPLY, "途中", version=0, now=now)
    )
    database.write(lambda db: desk.assign(db, taken.ticket, PEOPLE[1], TANAKA, now=now))
    database.write(lambda db: desk.close(db, taken.ticket, TANAKA, now=now))
    assert database.read(lambda db: drafts.of(db, talk, PEOPLE[0]))[Mode.REPLY].body == "途中"
