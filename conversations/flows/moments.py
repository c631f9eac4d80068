"""A still out of a film (動画の静止画): of a moment that is written or chosen, for whoever may see
the film (R-003, R-027). What is not made yet is sent by itself.

客: 0:12の静止画をください
証: 承知いたしました。デイトナの動画、0:12の静止画をご用意しています。まもなくこちらへお送りします。
証: (picture) デイトナの動画、0:12の静止画です。
客: [静止画にする]
証: デイトナの動画のどの場面を静止画にいたしましょうか。… [0:05 裏蓋] [0:12 ベゼル]
"""

import re
from collections.abc import Sequence

from catalog.ground.record import AssetId
from catalog.items.queries import UnitFacts
from catalog.partners.rules import MediaKind
from conversations.flows import condition_media, finding, showing
from conversations.flows.flow import Answer, Asked, Flow, person_button, tap
from conversations.flows.showing import Recipient
from conversations.messages import Button, Choices
from conversations.understanding import forms
from conversations.wording.pieces.voice import voice as pieces_voice
from conversations.wording.voice import Voice
from media.assets import queries as assets
from media.assets.kinds import AssetKind
from media.renditions import moments
from media.renditions import queries as renditions
from media.renditions.moments import MomentMalformed, MomentsRefused
from media.renditions.queries import Showable
from media.sharing import scenes
from media.sharing.scenes import Scene

_MOST_CHOICES = 10
_CLOCKS = ("clock", "clock_en", "clock_zh", "clock_ko")
_MINUTES = (":", "分", "분")
_NUMBERS = re.compile(r"\d+")
_LONGEST_MS = 8  # digits


def take(asked: Asked) -> Answer:
    """The still of that moment, or the question which one."""
    found = finding.find(asked, asked.viewer.able_to(None, MediaKind.FILM))
    if len(found.units) > 1:
        return finding.choose(asked, found, verb="stills.ask", part=None, kind=None)
    if not found.units:
        return finding.nothing(asked, found)
    unit = found.units[0]
    film = _film(asked, unit)
    if film is None:
        return condition_media.show(asked, unit, None, AssetKind.FILM.value)
    told = scenes.of_film(asked.db, unit.id, film)
    at_ms = _moment(asked, told)
    if at_ms is None:
        return _which(asked, unit, film, told)
    return _still(asked, unit, film, told, at_ms)


def _film(asked: Asked, unit: UnitFacts) -> Showable | None:
    """The one a button names while it shows the piece, else the newest; one that can be played."""
    named = str(asked.slots.get("asset", ""))
    film = None
    if named and assets.still_of(asked.db, unit.id, [named]):
        film = renditions.of_asset(asked.db, AssetId(named))
    if film is None or film.kind is not AssetKind.FILM:
        film = renditions.showable(asked.db, unit.id, AssetKind.FILM)
    return film if film is not None and film.playing is not None else None


def _moment(asked: Asked, told: Sequence[Scene]) -> int | None:
    """From a button, from a clock that was written, or where a part begins."""
    chosen = str(asked.slots.get("at", ""))
    if chosen.isascii() and chosen.isdigit() and len(chosen) <= _LONGEST_MS:
        return int(chosen)
    written = next((asked.slots[each] for each in _CLOCKS if asked.slots.get(each)), None)
    if written is not None:
        first, *rest = [int(each) for each in _NUMBERS.findall(str(written))]
        has_minutes = any(each in str(written) for each in _MINUTES)
        return 1000 * (first * 60 + sum(rest) if has_minutes else first)
    wanted = str(asked.slots.get("scene", ""))
    names = [(each, name_of(asked.voice, each)) for each in told]
    return next((each.at_ms for each, name in names if wanted and wanted in name.lower()), None)


def _which(asked: Asked, unit: UnitFacts, film: Showable, told: Sequence[Scene]) -> Answer:
    words, lasts = pieces_voice(asked.lang), film.duration_ms or 0
    moments_told = [(each.at_ms, name_of(asked.voice, each)) for each in told[:_MOST_CHOICES]]
    if not moments_told:
        moments_told = [(at_ms, "") for at_ms in dict.fromkeys(lasts * n // 4 for n in (1, 2, 3))]
    options = [
        Button(
            f"{clock(at_ms)} {name}".strip(),
            data=tap("stills.at", sku=unit.code, asset=film.asset_id, at=str(at_ms)),
        )
        for at_ms, name in moments_told
    ]
    example = clock(moments_told[len(moments_told) // 2][0])
    text = words.which_moment(unit.named(asked.lang), clock(lasts), example)
    return _said(asked, unit, text, *options)


def _still(
    asked: Asked, unit: UnitFacts, film: Showable, told: Sequence[Scene], at_ms: int
) -> Answer:
    words, name = pieces_voice(asked.lang), unit.named(asked.lang)
    told_to = {
        "conversation": asked.conversation,
        "lang": asked.lang,
        "partner": asked.viewer.partner,
        "unit": unit.id,
    }
    try:
        found = moments.ask(asked.db, film.asset_id, at_ms, now=asked.now, told_to=told_to)
    except MomentMalformed:
        return _which(asked, unit, film, told)
    except MomentsRefused:
        return _said(asked, unit, words.no_still(name))
    if found is None:
        return _said(asked, unit, words.still_being_made(name, clock(at_ms)))
    to = Recipient(asked.conversation, asked.terms.public_url, asked.viewer.partner)
    said = words.still_of_film(name, clock(at_ms))
    letters = showing.still_letters(asked.db, found, to, said=said, now=asked.now)
    another = Button(
        words.button_still_of_film(), data=tap("stills.ask", sku=unit.code, asset=film.asset_id)
    )
    told_last = Choices(said, (another, person_button(asked)))
    return Answer([*letters, told_last], asked.memory.about(unit.code))


def _said(asked: Asked, unit: UnitFacts, text: str, *options: Button) -> Answer:
    told = Choices(text, (*options, person_button(asked)))
    return Answer([told], asked.memory.about(unit.code))


def name_of(voice: Voice, scene: Scene) -> str:
    """What a scene shows, in the language of the talk as far as it is known in it."""
    if scene.part is not None:
        return voice.part(scene.part)
    return scene.told if voice.lang == "ja" else scene.told_en


def clock(at_ms: int) -> str:
    """As a player shows it."""
    seconds = at_ms // 1000
    return f"{seconds // 60}:{seconds % 60:02}"


FLOW = Flow(
    "stills",
    frozenset(),
    take,
    {"ask": take, "at": take},
    {"ask": forms.STILL},
    refuses_nothing=True,
)
