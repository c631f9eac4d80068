"""The main job: condition films and pictures of a piece (R-001, R-002, R-003).

客: W-10234の動画を見せて
証: (film) (card) コスモグラフ デイトナ  ランク A  撮影 2026年11月20日(金) 14:05  [裏蓋を見る] …
客: 裏蓋アップで
証: (picture of the case back) …
客: B-20011の動画
証: バーキン25の動画は、ただいまご用意がございません。
    すぐに撮影を手配いたしました。本日 17:00ごろまでに、…
    … and when a matching file arrives, the film is pushed, once, with nobody typing.
"""

from collections.abc import Sequence
from dataclasses import replace

from catalog.ground.calendar import round_up_to
from catalog.items.kinds import Category
from catalog.items.queries import UnitFacts
from conversations.flows import pieces
from conversations.flows.flow import Answer, Asked, Flow, person_button, tap
from conversations.flows.showing import Recipient, caption, media_letters, told
from conversations.messages import Button, Choices, Letter
from media.assets import queries as assets
from media.assets.kinds import AssetKind, Part
from media.intake import tasks
from media.renditions import queries as renditions
from media.renditions.queries import Showable

PARTS_OF: dict[str, tuple[Part, ...]] = {
    Category.WATCH: (
        Part.DIAL, Part.CASE_BACK, Part.BEZEL, Part.CASE, Part.BRACELET, Part.CLASP, Part.CROWN,
        Part.CRYSTAL,
    ),
    Category.DIAMOND: (Part.STONE, Part.GIRDLE, Part.PRONG),
    Category.BAG: (
        Part.CORNER, Part.HANDLE, Part.HARDWARE, Part.LINING, Part.ZIPPER, Part.STRAP,
    ),
    Category.APPAREL: (Part.LINING, Part.SLEEVE, Part.ZIPPER),
}  # fmt: skip


def request(asked: Asked) -> Answer:
    """Film or picture of one piece or one part of it."""
    asked = _with_open_wish(asked)
    found = pieces.find(asked)
    part, kind = asked.slots.get("part"), _kind(asked)
    if len(found.units) > 1:
        return pieces.choose(asked, found, verb="media.show", part=part, kind=kind)
    if not found.units:
        answer = pieces.nothing(asked, found)
        return replace(answer, memory=replace(asked.memory, part=part, kind=kind))
    return _one(asked, found.units[0], part, kind)


def _with_open_wish(asked: Asked) -> Asked:
    """「裏蓋の動画」→「どの商品?」→「W-10234」: the part wished before still holds."""
    kept = {"part": asked.memory.part, "kind": asked.memory.kind}
    told = {name: value for name, value in kept.items() if value and name not in asked.slots}
    return replace(asked, slots={**told, **asked.slots}) if told else asked


def _kind(asked: Asked) -> str | None:
    """film, still, or None: whichever is there."""
    media = asked.slots.get("media") or asked.slots.get("kind")
    if media in {"video", AssetKind.FILM}:
        return AssetKind.FILM.value
    if media in {"photo", AssetKind.STILL}:
        return AssetKind.STILL.value
    return None


def _one(asked: Asked, unit: UnitFacts, part: str | None, kind: str | None) -> Answer:
    on_hand = _on_hand(asked, unit, part, kind)
    memory = asked.memory.about(unit.code)
    if on_hand is not None and not on_hand.is_pending:
        return Answer(_shown(asked, unit, on_hand), memory)
    return Answer(_arrange(asked, unit, part, kind, on_hand), memory)


def _on_hand(asked: Asked, unit: UnitFacts, part: str | None, kind: str | None) -> Showable | None:
    """What can be shown: the kind asked for; without one a film, for a part whatever is newer."""
    wanted = Part(part) if part else None
    if kind is not None:
        return renditions.showable(asked.db, unit.id, AssetKind(kind), wanted)
    film = renditions.showable(asked.db, unit.id, AssetKind.FILM, wanted)
    if wanted is None and film is not None:
        return film
    still = renditions.showable(asked.db, unit.id, AssetKind.STILL, wanted)
    ready = [each for each in (film, still) if each is not None and not each.is_pending]
    return max(ready, key=lambda each: each.captured_at) if ready else film or still


def _shown(asked: Asked, unit: UnitFacts, on_hand: Showable) -> list[Letter]:
    """The media and a card with the next parts, a person last."""
    to = Recipient(asked.event.conversation, asked.terms.public_url)
    parts = _parts(asked, unit, but=on_hand.part)[:2]
    if on_hand.part is None:
        first = [_part_button(asked, unit, part) for part in parts]
    else:
        whole = Button(asked.voice.button_film(), data=tap("media.show", sku=unit.code))
        first = [whole, *(_part_button(asked, unit, part) for part in parts[:1])]
    buttons = (
        *first,
        Button(asked.voice.button_other_part(), data=tap("media.parts", sku=unit.code)),
        person_button(asked),
    )
    return [
        *media_letters(asked.db, on_hand, to, said=told(asked.voice, unit, on_hand), now=asked.now),
        caption(asked.voice, unit, on_hand, buttons=buttons),
    ]


def _arrange(
    asked: Asked, unit: UnitFacts, part: str | None, kind: str | None, on_hand: Showable | None
) -> Sequence[Choices]:
    """Nothing yet, or filmed and still being made ready: note who waits and promise a time."""
    voice = asked.voice
    promised_at = round_up_to(asked.terms.hours.after_work(asked.now, asked.terms.capture_lead), 15)
    promise = tasks.ask(
        asked.db,
        unit.id,
        part=Part(part) if part else None,
        kind=AssetKind(kind or AssetKind.FILM),
        conversation=asked.event.conversation,
        lang=asked.lang,
        promised_at=promised_at,
        now=asked.now,
    )
    wanted = AssetKind(kind or AssetKind.FILM)
    if on_hand is not None or assets.is_underway(
        asked.db, unit.id, kind=wanted, part=Part(part) if part else None
    ):
        collect = Button(
            voice.button_collect(), data=tap("media.show", sku=unit.code, part=part, kind=kind)
        )
        return [
            Choices(voice.being_prepared(unit.named(asked.lang)), (collect, person_button(asked)))
        ]
    what = voice.kind(wanted) if part is None else voice.kind_of_part(wanted, part)
    # A task that is late already promises anew from now; its own time told again would be untrue.
    due_at = promise.due_at if promise.due_at > asked.now else promised_at
    promised = voice.moment(due_at, now=asked.now)
    told = voice.capture_already_arranged if promise.was_waiting else voice.capture_arranged
    return [Choices(told(unit.named(asked.lang), what, promised), (person_button(asked),))]


def _parts(asked: Asked, unit: UnitFacts, *, but: str | None) -> list[Part]:
    """Parts that were filmed or photographed first, then the usual ones of the category."""
    there = [shown for _, shown in renditions.available(asked.db, unit.id) if shown is not None]
    usual = PARTS_OF.get(unit.category, ())
    return [each for each in dict.fromkeys([*there, *usual]) if each != but]


def _part_button(asked: Asked, unit: UnitFacts, part: Part) -> Button:
    return Button(asked.voice.button_part(part), data=tap("media.show", sku=unit.code, part=part))


def choose_part(asked: Asked) -> Answer:
    """Which part of the piece talked about."""
    found = pieces.find(asked)
    if len(found.units) != 1:
        return pieces.nothing(asked, found)
    unit = found.units[0]
    parts = _parts(asked, unit, but=None)[:10]
    options = [_part_button(asked, unit, part) for part in parts]
    return Answer(
        [
            Choices(
                asked.voice.choose_part(unit.named(asked.lang)), (*options, person_button(asked))
            )
        ],
        asked.memory.about(unit.code),
    )


def ask_which(asked: Asked) -> Answer:
    """The menu's "watch a film"."""
    kept = replace(asked.memory, unit=None, part=None, kind=AssetKind.FILM.value)
    return Answer([Choices(asked.voice.which_piece(), (person_button(asked),))], kept)


def mine(asked: Asked) -> Answer:
    """What this person asked for and still waits for, with the time promised."""
    waiting = tasks.waited_for(asked.db, asked.event.conversation)
    told = [
        (task.unit_code, asked.voice.moment(task.due_at, now=asked.now)) for task in waiting[:10]
    ]
    text = asked.voice.still_waiting(told) if told else asked.voice.nothing_waiting()
    return Answer([Choices(text, (person_button(asked),))], asked.memory)


FLOW = Flow(
    "media",
    frozenset({"media.request", "media.defect"}),
    request,
    {"show": request, "parts": choose_part, "which": ask_which, "mine": mine},
    refuses_nothing=True,
)
