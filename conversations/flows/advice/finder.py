"""Finding a piece together (advice.style, R-132): up to four questions, then three pieces with the
reason, and a person on each.

客: 贈り物に時計を選びたい
証: ブランドのお好みはございますか。 [ロレックス] [オメガ] [おまかせ]
客: [ロレックス]
証: ご予算はいかがですか。 [¥1,000,000まで] … [おまかせ]
証: 状態はどのくらいをお望みですか。 [Aランク以上] [おまかせ]
証: (cards) コスモグラフ デイトナ … 時計・ロレックス・ご予算内・ランクA
    [動画を見る] [この商品の話] [担当者と話す] …

Every choice is one the stock has: a question with nothing to choose is not asked.
"""

from collections.abc import Sequence

from catalog.grading.scale import Grade
from catalog.ground.errors import Malformed
from catalog.items import finder, names
from catalog.items.finder import Wish
from catalog.items.kinds import Category
from catalog.items.lines import GRADES
from catalog.items.queries import UnitFacts
from conversations.flows import lists
from conversations.flows.flow import Answer, Asked, Flow, person_button, tap
from conversations.messages import Button, Card, Cards, Choices, Tone
from conversations.threads.memory import Memory
from conversations.wording.advice.voice import AdviceVoice, voice

TASK = "finder"
ANY = "any"
QUESTIONS = ("category", "brand", "budget", "grade")
_ASKED_GRADES = (Grade.S, Grade.A, Grade.AB)
_SHOWN = 3


def begin(asked: Asked) -> Answer:
    """From the first question on."""
    return _ask_next(asked, asked.memory.closing().opening(TASK))


def step(asked: Asked) -> Answer:
    """A wish for advice, or an answer in words to the question that is open. Who names the model
    and the amount has chosen already, and is shown what there is.
    """
    if asked.slots.get("model") and asked.slots.get("money"):
        return lists.stock(asked)
    kept = asked.memory
    if kept.task != TASK or asked.expecting != "advice.style":
        kept = kept.closing()
    return _ask_next(asked, _told(asked, kept.opening(TASK)))


def answer(asked: Asked) -> Answer:
    """A button of one question."""
    kept = asked.memory.opening(TASK)
    for name in QUESTIONS:
        told = str(asked.slots.get(name) or "")
        if told:
            kept = kept.opening(TASK, **{name: told})
    return _ask_next(asked, kept)


def _told(asked: Asked, kept: Memory) -> Memory:
    """What the words say of the four."""
    slots = asked.slots
    if slots.get("category") in set(Category):
        kept = kept.opening(TASK, category=str(slots["category"]))
    if isinstance(slots.get("brand"), str):
        kept = kept.opening(TASK, brand=str(slots["brand"]))
    money = slots.get("money")
    if isinstance(money, int) and money > 0:
        kept = kept.opening(TASK, budget=f"0-{money}")
    if slots.get("grade") in GRADES:
        kept = kept.opening(TASK, grade=str(slots["grade"]))
    return kept


def _ask_next(asked: Asked, kept: Memory) -> Answer:
    words = voice(asked.lang)
    for name in QUESTIONS:
        if kept.fact(TASK, name) is not None:
            continue
        options = _options(asked, words, name, _wish(kept))
        if len(options) < 2:
            continue
        whatever = Button(words.whatever(), data=tap("finder.answer", **{name: ANY}))
        kept = kept.opening(TASK, expecting="advice.style")
        text = words.finder_question(name)
        return Answer([Choices(text, (*options, whatever, person_button(asked)))], kept)
    return _propose(asked, words, kept)


def _options(asked: Asked, words: AdviceVoice, name: str, wish: Wish) -> list[Button]:
    if name == "category":
        told = [(words.category(each), each) for each in finder.categories(asked.db)]
    elif name == "brand":
        told = [
            (brand.shown(asked.lang) if (brand := names.brand(key)) else shown, key)
            for key, shown in finder.brands(asked.db, wish)
        ]
    elif name == "budget":
        told = _bands(words, [int(cut) for cut in finder.budgets(asked.db, wish)])
    else:
        there = set(finder.grades(asked.db, wish))
        told = [
            (words.grade_from(each.value), each.value)
            for each in _ASKED_GRADES
            if there & set(GRADES[: GRADES.index(each.value) + 1])
        ]
    return [Button(label, data=tap("finder.answer", **{name: value})) for label, value in told]


def _bands(words: AdviceVoice, cuts: Sequence[int]) -> list[tuple[str, str]]:
    if not cuts:
        return []
    first, last = cuts[0], cuts[-1]
    bands = [(words.budget_up_to(first), f"0-{first}")]
    if last != first:
        bands.append((words.budget_between(first, last), f"{first}-{last}"))
    return [*bands, (words.budget_from(last), f"{last}-")]


def _wish(kept: Memory) -> Wish:
    def said(name: str) -> str | None:
        told = kept.fact(TASK, name)
        return None if told in {None, ANY} else told

    low, _, high = (said("budget") or "").partition("-")
    if not (low + high).isdecimal() and low + high:
        raise Malformed(f"a budget of {low}-{high}")
    grade = said("grade")
    return Wish(
        category=said("category"),
        brand=said("brand"),
        price_from=int(low) or None if low else None,
        price_to=int(high) if high else None,
        grade_at_least=grade if grade in GRADES else None,
    )


def _propose(asked: Asked, words: AdviceVoice, kept: Memory) -> Answer:
    wish = _wish(kept)
    found = finder.propose(asked.db, wish, limit=_SHOWN)
    again = Button(words.button("again"), data=tap("finder.begin"))
    told = kept.closing()
    if not found.units:
        return Answer([Choices(words.nothing_to_propose(), (again, person_button(asked)))], told)
    cards = tuple(_card(asked, words, unit, wish, found.given_up) for unit in found.units)
    text = words.proposed(len(cards), given_up=found.given_up)
    codes = tuple(unit.code for unit in found.units)
    return Answer(
        [Cards(cards, said=text), Choices(text, (again, person_button(asked)))],
        told.offering(codes, verb="pieces.show"),
    )


def _card(
    asked: Asked, words: AdviceVoice, unit: UnitFacts, wish: Wish, given_up: Sequence[str]
) -> Card:
    """A piece and why: only what it really has of what was wished."""
    has_budget = bool(wish.price_from or wish.price_to) and "budget" not in given_up
    reason = words.why(
        category=words.category(unit.category),
        brand=unit.brand if wish.brand and "brand" not in given_up else None,
        in_budget=has_budget,
        grade=unit.grade if wish.grade_at_least and "grade" not in given_up else None,
    )
    common = asked.voice
    return Card(
        heading=unit.named(asked.lang),
        lines=(
            (common.label_code(), unit.code),
            (common.label_grade(), common.grade(unit.grade)),
            (common.label_price(), common.yen(unit.price or 0)),
            (words.label("why"), reason),
        ),
        buttons=(
            Button(common.button_film(), data=tap("media.show", sku=unit.code), tone=Tone.MAIN),
            Button(words.button("story"), data=tap("story.show", sku=unit.code)),
            person_button(asked),
        ),
        said=unit.named(asked.lang),
    )


FLOW = Flow(TASK, frozenset({"advice.style"}), step, {"begin": begin, "answer": answer})
