"""Pictures of a piece somebody wants to sell (R-039): which are asked for, which are missing or
blurred, told as soon as they are safe.

客: (3枚の写真)
証: お写真を3枚お預かりしました。裏蓋のお写真がぼけています。裏蓋、シリアルの写真が不足です。…
    [写真はこれで全部] [担当者と話す]
"""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from catalog.buyback.cases import quote_terms
from catalog.buyback.stages import Stage
from catalog.buyback.tables import BuybackCase, CasePiece
from catalog.grading.asked import Coverage, Picture, covered, shots_of
from catalog.items.kinds import Category
from conversations.flows.flow import PERSON, tap
from conversations.flows.selling.standing import ASKING
from conversations.messages import Button, Choices, Letter
from conversations.wording.selling.voice import voice
from conversations.wording.voice import voice as common
from media.assets.kinds import AssetKind
from media.intake import attaching

_PIECE = "piece:"


def about(piece_id: str) -> str:
    """The piece as what a picture belongs to."""
    return f"{_PIECE}{piece_id}"


def coverage(db: Session, piece: CasePiece) -> Coverage:
    """What of the asked shots the pictures of a piece show by now."""
    case = db.get_one(BuybackCase, piece.case_id)
    least = quote_terms(db, case).least_sharpness
    sent = attaching.of_subject(db, about(piece.id))
    return covered(
        Category(piece.category),
        [
            Picture(each.batch, (each.sharpness or 0) >= least)
            for each in sent
            if each.kind is AssetKind.STILL
        ],
    )


def names(lang: str, codes: Sequence[str]) -> list[str]:
    """Shots as they are called."""
    words = voice(lang)
    return [words.shot(code) for code in codes]


def asked_for(lang: str, category: Category) -> list[str]:
    """Every shot somebody at home is asked for."""
    return names(lang, [shot.code for shot in shots_of(category)])


def taken(db: Session, piece_id: str, lang: str, now: datetime) -> Sequence[Letter] | None:
    """What is said when pictures of a piece are safe: what is missing, and how to go on."""
    del now
    piece = db.get(CasePiece, piece_id)
    if piece is None:
        return None
    words = voice(lang)
    person = Button(common(lang).button_person(), data=tap(PERSON))
    if Stage(piece.stage) not in ASKING:
        return [Choices(words.pictures_kept(piece.title), (person,))]
    seen = coverage(db, piece)
    total = len(seen.shown) + len(seen.missing)
    text = (
        words.pictures_whole(total=total)
        if seen.is_whole
        else words.pictures_missing(
            shown=len(seen.shown),
            total=total,
            blurred=names(lang, seen.blurred),
            missing=names(lang, seen.missing),
        )
    )
    label = words.button_go_on() if seen.is_whole else words.button_no_more_pictures()
    return [Choices(text, (Button(label, data=tap("quote.next", piece=piece_id)), person))]
