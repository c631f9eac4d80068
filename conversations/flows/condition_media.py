"""The main job: condition films and pictures of a piece (R-001, R-002, R-003, R-035).

客: W-10234の動画を見せて
証: (film) (card) コスモグラフ デイトナ  ランク A  撮影 2026年11月20日(金) 14:05  [裏蓋を見る] …
客: 裏蓋アップで
証: (picture of the case back) …
客: B-20011の動画
証: バーキン25の動画は、ただいまご用意がございません。
    すぐに撮影を手配いたしました。本日 17:00ごろまでに、…
    … and when a matching file arrives, the film is pushed, once, with nobody typing.
取引先: W-10234 W-10311 の動画
証: (film) (film) (cards)
取引先: [別のカットを頼む]
証: 承知いたしました。…の動画を新しく撮影いたします。本日 17:00ごろまでに、…
"""

from collections.abc import Sequence
from dataclasses import replace

from catalog.ground.calendar import round_up_to
from catalog.items.kinds import Category
from catalog.items.queries import UnitFacts
from catalog.partners.rules import MediaKind
from conversations.flows import cards, finding, showing
from conversations.flows.finding import Found
from conversations.flows.flow import Answer, Asked, Flow, person_button, tap
from conversations.flows.showing import Recipient, caption, media_letters
from conversations.messages import Button, Choices, Letter
from conversations.understanding import forms
from conversations.wording.pieces.voice import voice as pieces_voice
from media.assets import queries as assets
from media.assets.kinds import AssetKind, Part
from media.intake import tasks
from media.intake.tasks import Promise
from media.renditions import queries as renditions
from media.renditions.queries import Showable
from media.sharing.kinds import MEDIA_KINDS

MOST_AT_ONCE = 3  # pieces whose media go with their cards into one free reply of five messages

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
    """Film or picture of one piece or one part of it, or of the several that were named."""
    asked = _with_open_wish(asked)
    part, kind = asked.slots.get("part"), _kind(asked)
    found = finding.find(asked, asked.viewer.able_to(None, *_wanted_kinds(kind)))
    if len(found.units) > 1 and finding.written_in(asked):
        return several(asked, found, part, kind)
    if len(found.units) > 1:
        return finding.choose(asked, found, verb="media.show", part=part, kind=kind)
    if not found.units:
        answer = finding.nothing(asked, found)
        return replace(answer, memory=replace(asked.memory, part=part, kind=kind))
    shown = show(asked, found.units[0], part, kind)
    if not found.unknown:
        return shown
    return replace(shown, letters=[*shown.letters, *finding.nothing(asked, found).letters])


def _wanted_kinds(kind: str | None) -> tuple[MediaKind, ...]:
    return (MEDIA_KINDS[AssetKind(kind)],) if kind else cards.ANY_MEDIA


def several(asked: Asked, found: Found, part: str | None, kind: str | None) -> Answer:
    """Several named at once: all their media in one reply while a reply holds them, else a card for
    each with its film one tap away. What is not there yet is arranged for each.
    """
    words = pieces_voice(asked.lang)
    on_hand = {unit.code: _on_hand(asked, unit, part, kind) for unit in found.units}
    there = [unit for unit in found.units if _is_ready(on_hand[unit.code])]
    letters: list[Letter] = []
    if len(there) <= MOST_AT_ONCE:
        for unit in there:
            shown = on_hand[unit.code]
            if shown is not None:
                letters += media_letters(
                    asked.db,
                    shown,
                    _recipient(asked),
                    said=showing.told(asked.voice, unit, shown),
                    now=asked.now,
                )
        text = words.several(len(there))
    else:
        text = words.several_by_tap(len(there))
    if there:
        letters.append(cards.carousel(asked, there, text=text))
    told = [
        letter
        for unit in found.units
        if not _is_ready(on_hand[unit.code])
        for letter in _arrange(asked, unit, part, kind, on_hand[unit.code])
    ]
    if found.unknown:
        told.append(Choices(asked.voice.not_found(list(found.unknown)), (person_button(asked),)))
    letters.append(_as_one(told) if told else Choices(text, (person_button(asked),)))
    offered = tuple(unit.code for unit in found.units)
    return Answer(letters, asked.memory.offering(offered, verb="media.show", part=part, kind=kind))


def _as_one(told: Sequence[Choices]) -> Choices:
    """Several texts in one message: each message of a push costs."""
    options = dict.fromkeys(button for each in told for button in each.options)
    return Choices("\n\n".join(each.text for each in told), tuple(options))


def _is_ready(on_hand: Showable | None) -> bool:
    return on_hand is not None and not on_hand.is_pending


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


def show(asked: Asked, unit: UnitFacts, part: str | None, kind: str | None) -> Answer:
    """The newest of it, or the promise of a time."""
    on_hand = _on_hand(asked, unit, part, kind)
    memory = asked.memory.about(unit.code)
    if on_hand is not None and not on_hand.is_pending:
        return Answer(_shown(asked, unit, on_hand), memory)
    return Answer(_arrange(asked, unit, part, kind, on_hand), memory)


def _on_hand(asked: Asked, unit: UnitFacts, part: str | None, kind: str | None) -> Showable | None:
    """What can be shown and may be seen: the kind asked for; without one a film, for a part
    whatever is newer.
    """
    wanted = Part(part) if part else None
    kinds = (AssetKind(kind),) if kind is not None else cards.kinds_seen(asked, unit)
    told = [renditions.showable(asked.db, unit.id, kinds[0], wanted)] if kinds else []
    if wanted is None and told and told[0] is not None:
        return told[0]
    told += [renditions.showable(asked.db, unit.id, each, wanted) for each in kinds[1:]]
    there = [each for each in told if each is not None]
    ready = [each for each in there if not each.is_pending]
    return max(ready, key=lambda each: each.captured_at) if ready else next(iter(there), None)


def _recipient(asked: Asked) -> Recipient:
    return Recipient(asked.conversation, asked.terms.public_url, asked.viewer.partner)


def _shown(asked: Asked, unit: UnitFacts, on_hand: Showable) -> list[Letter]:
    """The media and a card with the next parts, a person last."""
    parts = _parts(asked, unit, but=on_hand.part)[:2]
    if on_hand.part is None:
        first = [_part_button(asked, unit, part) for part in parts]
    else:
        whole = Button(asked.voice.button_film(), data=tap("media.show", sku=unit.code))
        first = [whole, *(_part_button(asked, unit, part) for part in parts[:1])]
    buttons = cards.present(
        *first,
        Button(asked.voice.button_other_part(), data=tap("media.parts", sku=unit.code)),
        _still_button(asked, unit, on_hand),
        _another_button(asked, unit, on_hand),
        person_button(asked),
    )
    return [
        *media_letters(
            asked.db,
            on_hand,
            _recipient(asked),
            said=showing.told(asked.voice, unit, on_hand),
            now=asked.now,
        ),
        caption(asked.voice, unit, on_hand, buttons=buttons),
    ]


def _still_button(asked: Asked, unit: UnitFacts, shown: Showable) -> Button | None:
    """A still of the film that is shown (`flows/moments`)."""
    if shown.kind is not AssetKind.FILM:
        return None
    data = tap("stills.ask", sku=unit.code, asset=shown.asset_id)
    return Button(pieces_voice(asked.lang).button_still_of_film(), data=data)


def _another_button(asked: Asked, unit: UnitFacts, shown: Showable) -> Button | None:
    """A retailer may ask for another shot (R-035)."""
    if asked.viewer.partner is None:
        return None
    data = tap("media.another", sku=unit.code, part=shown.part, kind=shown.kind)
    return Button(pieces_voice(asked.lang).button_another_shot(), data=data)


def another(asked: Asked) -> Answer:
    """What is there will not do: a new capture for this partner, whoever films next (R-035). For
    anybody else it is what they would see by asking for it.
    """
    if asked.viewer.partner is None:
        return request(asked)
    part, kind = asked.slots.get("part"), _kind(asked)
    found = finding.find(asked, asked.viewer.able_to(None, *_wanted_kinds(kind)))
    if len(found.units) != 1:
        return finding.nothing(asked, found)
    unit = found.units[0]
    wanted = _kind_to_make(asked, unit, kind)
    promise, promised = _asked_for(asked, unit, part, wanted, is_another=True)
    words = pieces_voice(asked.lang)
    told = words.another_shot_arranged if promise.was_waiting else words.another_shot
    text = told(unit.named(asked.lang), _what(asked, part, wanted), promised)
    return Answer([Choices(text, (person_button(asked),))], asked.memory.about(unit.code))


def _kind_to_make(asked: Asked, unit: UnitFacts, kind: str | None) -> AssetKind:
    if kind is not None:
        return AssetKind(kind)
    seen = cards.kinds_seen(asked, unit)
    return AssetKind.FILM if AssetKind.FILM in seen or not seen else seen[0]


def _what(asked: Asked, part: str | None, kind: AssetKind) -> str:
    return asked.voice.kind(kind) if part is None else asked.voice.kind_of_part(kind, part)


def _asked_for(
    asked: Asked, unit: UnitFacts, part: str | None, kind: AssetKind, *, is_another: bool = False
) -> tuple[Promise, str]:
    """Note who waits, and the time to promise: a task that is late promises anew from now, for its
    own time told again would be untrue.
    """
    promised_at = round_up_to(asked.hours.after_work(asked.now, asked.terms.capture_lead), 15)
    promise = tasks.ask(
        asked.db,
        unit.id,
        part=Part(part) if part else None,
        kind=kind,
        conversation=asked.conversation,
        lang=asked.lang,
        promised_at=promised_at,
        now=asked.now,
        partner=asked.viewer.partner,
        is_another=is_another,
    )
    due_at = promise.due_at if promise.due_at > asked.now else promised_at
    return promise, asked.voice.moment(due_at, now=asked.now)


def arrange(asked: Asked, unit: UnitFacts) -> Sequence[Choices]:
    """Nothing shows this piece yet: a film of it, and the time it is promised for."""
    return _arrange(asked, unit, None, None, None)


def _arrange(
    asked: Asked, unit: UnitFacts, part: str | None, kind: str | None, on_hand: Showable | None
) -> Sequence[Choices]:
    """Nothing yet, or filmed and still being made ready: note who waits and promise a time."""
    voice = asked.voice
    wanted = _kind_to_make(asked, unit, kind)
    promise, promised = _asked_for(asked, unit, part, wanted)
    if on_hand is not None or assets.is_underway(
        asked.db, unit.id, kind=wanted, part=Part(part) if part else None
    ):
        collect = Button(
            voice.button_collect(), data=tap("media.show", sku=unit.code, part=part, kind=kind)
        )
        return [
            Choices(voice.being_prepared(unit.named(asked.lang)), (collect, person_button(asked)))
        ]
    told = voice.capture_already_arranged if promise.was_waiting else voice.capture_arranged
    text = told(unit.named(asked.lang), _what(asked, part, wanted), promised)
    return [Choices(text, (person_button(asked),))]


def _parts(asked: Asked, unit: UnitFacts, *, but: str | None) -> list[Part]:
    """Parts that were filmed or photographed first, then the usual ones of the category."""
    seen = cards.kinds_seen(asked, unit)
    available = renditions.available(asked.db, unit.id)
    there = [shown for kind, shown in available if shown is not None and kind in seen]
    usual = PARTS_OF.get(unit.category, ())
    return [each for each in dict.fromkeys([*there, *usual]) if each != but]


def _part_button(asked: Asked, unit: UnitFacts, part: Part) -> Button:
    return Button(asked.voice.button_part(part), data=tap("media.show", sku=unit.code, part=part))


def choose_part(asked: Asked) -> Answer:
    """Which part of the piece talked about."""
    found = finding.find(asked, asked.viewer.able_to(None, *cards.ANY_MEDIA))
    if len(found.units) != 1:
        return finding.nothing(asked, found)
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
    frozenset({"media.request"}),
    request,
    {
        "show": request,
        "parts": choose_part,
        "another": another,
        "which": ask_which,
        "mine": mine,
    },
    {"another": forms.ANOTHER_SHOT},
    refuses_nothing=True,
)
