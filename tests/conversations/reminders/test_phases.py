"""Every notice that is written anywhere has its words, and the facts its words need (R-045)."""

import ast
import random
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from catalog.customers import actions as customers
from catalog.ground.calendar import at_tokyo, tokyo_day
from catalog.ground.record import CustomerId
from conversations.outbox.tables import LetterState
from conversations.reminders.actions import PHASES
from conversations.wording.news.voice import NewsVoice
from conversations.wording.visiting.voice import VisitingVoice
from tests.catalog.house.commands import MAKERS
from tests.catalog.house.walk import SLOTS, WAYS, House
from tests.conversations.reminders.told import Teller, need_sendable
from tests.databases import fresh
from tests.house.tree import modules, syntax, told

LANGUAGES = ("ja", "en", "zh_hant", "zh_hans", "ko")


def _written() -> Iterator[tuple[str, str]]:
    """Where a phase is named as a word: `phase=…`, `tells=…`, `tell(db, subject, …)`,
    `notice(db, about, …)`.
    """
    for path in modules():
        if not told(path).startswith(("catalog/", "media/", "handoff/")):
            continue
        for node in ast.walk(syntax(path)):
            if not isinstance(node, ast.Call):
                continue
            named = [each.value for each in node.keywords if each.arg in {"phase", "tells"}]
            match node.func:
                case ast.Attribute(attr="notice") | ast.Name(id="tell"):
                    named += node.args[2:3]
                case ast.Attribute(attr="tell"):
                    named += node.args[:1]
            for value in named:
                for part in ast.walk(value):
                    if isinstance(part, ast.Constant) and isinstance(part.value, str):
                        yield part.value, f"{told(path)}:{node.lineno}"


def test_every_phase_that_is_written_has_words() -> None:
    found = list(_written())
    assert len({phase for phase, _ in found}) > 50
    assert [each for each in found if each[0] not in PHASES and not each[0].endswith("_")] == []


def test_every_phase_has_a_sentence_named_like_it() -> None:
    voices = {**vars(NewsVoice), **vars(VisitingVoice)}
    spoken = {name for name in voices if not name.startswith("_")}
    assert set(PHASES) - spoken == set()


@pytest.mark.parametrize("seed", range(5))
def test_whatever_the_registers_tell_becomes_one_letter_that_can_be_sent(
    seed: int, tmp_path: Path
) -> None:
    """A house walked through at random, its people speaking five languages: every notice is seen
    through, once, and every letter is one LINE takes.
    """
    with fresh("sqlite", tmp_path) as database:
        house = House(database, MAKERS, random.Random(seed))
        teller = Teller(database)
        for who, language in zip(house.people, LANGUAGES, strict=True):
            teller.bind(who.id, house.now)
            database.write(
                lambda db, who=who, language=language: customers.amend(
                    db,
                    CustomerId(who.id),
                    customers.Particulars(),
                    language=language,
                    by="t",
                    now=house.now,
                )
            )
        for turn in range(40):
            house.go_on(*house.dice.choice(WAYS))
            house.later(hours=house.dice.choice([1, 5, 24, 24 * 20]))
            if turn % 4 == 0:
                for slot in SLOTS:
                    house.run(slot, times=1)
        morning = at_tokyo(tokyo_day(house.now) + timedelta(days=1), 11)
        teller.tell_all(morning)
        assert teller.undone() == []
        assert teller.tell_all(morning) == 0
        letters = teller.letters()
        assert len({letter.dedupe for letter in letters}) == len(letters)
        sent = [each for each in letters if each.state == LetterState.DUE.value]
        assert len({letter.purpose for letter in sent}) > 15
        for letter in sent:
            need_sendable(letter)
