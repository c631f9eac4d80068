"""R-027 as a property: whatever a partner, a customer or a visitor asks by word or button, no
price, film, picture or piece is told that they may not know, and a refusal is the answer to a code
that is nowhere, byte for byte.

The oracle is the rule of `catalog/partners` over the grants as they were written, not the way the
flows take.
"""

import random
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import event
from sqlmodel import Session, select

from catalog.ground.calendar import tokyo_day
from catalog.ground.record import PartnerId
from catalog.items.kinds import OwnerKind, UnitState
from catalog.items.tables import Unit
from catalog.partners import actions as partners
from catalog.partners.queries import grants_of
from catalog.partners.rules import MediaKind, Right, may
from media.assets.kinds import AssetKind
from media.assets.tables import Asset
from media.renditions.tables import Rendition
from media.sharing.tables import MediaPass, Share, SharedAsset
from tests.conversations.flows import stall
from tests.conversations.flows.stall import NOW, Person, ask, told
from tests.databases import fresh

NOWHERE = "W-99999"
STATES = (
    UnitState.LISTED, UnitState.LISTED, UnitState.UNLISTED, UnitState.STOCK, UnitState.SOLD,
    UnitState.POLICE_HOLD, UnitState.RESERVED, UnitState.CONSIGNED, UnitState.RETURNED,
)  # fmt: skip
FILM, STILL = MediaKind.FILM, MediaKind.STILL
# What may be asked of one code, and what a partner must have been granted in one grant for an
# answer other than that of a code that is nowhere: a right, and one of these kinds of media.
ASKED: tuple[tuple[str, dict[str, str], Right | None, tuple[MediaKind, ...]], ...] = (
    ("media.request", {"media": "video"}, None, (FILM,)),
    ("media.request", {"media": "photo"}, None, (STILL,)),
    ("media.request", {}, None, (FILM, STILL)),
    ("media.request", {"part": "dial"}, None, (FILM, STILL)),
    ("media.show", {"kind": "film"}, None, (FILM,)),
    ("media.show", {"kind": "still", "part": "dial"}, None, (STILL,)),
    ("media.parts", {}, None, (FILM, STILL)),
    ("media.another", {"kind": "film"}, None, (FILM,)),
    ("stills.ask", {}, None, (FILM,)),
    ("stills.at", {"at": "0"}, None, (FILM,)),
    ("media.defect", {"part": "case_back"}, None, ()),
    ("media.defect", {}, None, ()),
    ("media.share", {}, Right.LINK, (FILM, STILL)),
    ("item.availability", {}, None, ()),
    ("pieces.show", {}, None, ()),
    ("item.price", {}, Right.PRICE, ()),
    ("item.detail", {}, None, ()),
    ("item.hold", {}, Right.HOLD, ()),
    ("catalog.bulk", {}, None, ()),
    ("lists.similar", {}, None, ()),
    ("alert.subscribe", {}, None, ()),
    ("alerts.watch", {}, None, ()),
)
FREE: tuple[tuple[str, dict[str, str], str], ...] = (
    ("catalog.bulk", {"brand": "rolex"}, "ロレックス 100万以下 在庫"),
    ("catalog.bulk", {"brand": "rolex"}, "ロレックス 在庫"),
    ("item.availability", {"brand": "rolex", "model": "daytona"}, "デイトナ"),
    ("item.price", {"brand": "rolex"}, "ロレックスはいくら"),
    ("media.request", {"brand": "rolex", "media": "video"}, "ロレックスの動画"),
    ("item.detail", {"grade": "A"}, "Aって?"),
    ("details.sample", {"grade": "A", "category": "watch"}, ""),
    ("holds.mine", {}, ""),
    ("links.mine", {}, ""),
    ("alerts.watches", {}, ""),
    ("alerts.wishes", {}, ""),
    ("retail.loans", {}, ""),
    ("media.mine", {}, ""),
)


@dataclass(frozen=True, slots=True)
class Somebody:
    person: Person
    partner: PartnerId | None = None
    customer: str | None = None


def arranged(db: Session, dice: random.Random) -> list[Somebody]:
    """Thirty pieces in every standing; partners with diced grants, customers with pieces, a
    visitor.
    """
    owners = [str(stall.customer(db, f"Uc{n}", f"C-{n}")) for n in range(2)]
    codes = []
    for number in range(1000, 1030):
        kind = dice.choice([OwnerKind.DEALER, OwnerKind.DEALER, OwnerKind.CONSIGNOR])
        media = tuple(each for each in AssetKind if dice.random() < 0.7)
        stall.piece(
            db, number, state=dice.choice(STATES), owner=kind, media=media,
            owner_id=dice.choice(owners) if kind is OwnerKind.CONSIGNOR else None,
            price=dice.choice([700_000, 1_400_000]) + number,
        )  # fmt: skip
        codes.append(f"W-{number}")
    people = [Somebody(Person(f"Uc{n}"), customer=owner) for n, owner in enumerate(owners)]
    for n in range(5):
        partner = partners.enter(db, f"P{n}", f"店{n}", by="test", now=NOW)
        partners.seat(db, partner, "line", f"Up{n}", by="test", now=NOW)
        for _ in range(dice.randrange(6)):
            some = None if dice.random() < 0.2 else dice.sample(codes, dice.randrange(1, 8))
            partners.grant(
                db, partner, some, by="test", now=NOW,
                rights=[each for each in Right if dice.random() < 0.6],
                media_kinds=[each for each in MediaKind if dice.random() < 0.6],
                expires_on=dice.choice([None, tokyo_day(NOW), tokyo_day(NOW) - timedelta(days=1)]),
            )  # fmt: skip
        if dice.random() < 0.5:
            partners.revoke(db, partner, dice.choice(codes), by="test", now=NOW)
        people.append(Somebody(Person(f"Up{n}"), partner=partner))
    return [*people, Somebody(Person("Uvisitor"))]


def allowed(
    db: Session,
    who: Somebody,
    unit: Unit,
    right: Right | None = None,
    kinds: tuple[MediaKind, ...] = (),
) -> bool:
    """What the papers say."""
    if who.customer is not None and unit.owner_id == who.customer:
        return unit.owner_kind != "dealer"
    if who.partner is None:
        return unit.state in {"listed", "reserved"}
    if unit.state in {"police_hold", "surrendered", "returned", "disposed"}:
        return False
    return any(
        may(
            grants_of(db, who.partner), unit.code, is_dealers=unit.owner_kind == "dealer",
            today=tokyo_day(NOW), right=right, media_kind=kind,
        )
        for kind in (kinds or (None,))
    )  # fmt: skip


def leaks(db: Session, who: Somebody, text: str, asked_for: str, passes: set[str]) -> list[str]:
    """What an answer tells that it may not, one line each."""
    found = []
    for unit in db.exec(select(Unit)):
        is_told = unit.title in text or (unit.code in text and unit.code != asked_for)
        if is_told and not allowed(db, who, unit):
            found.append(f"knows of {unit.code}")
        if f"{unit.price:,}" in text and not allowed(db, who, unit, Right.PRICE):
            found.append(f"price of {unit.code}")
    for token, kind, unit_id in db.exec(
        select(MediaPass.token_hash, Asset.kind, Asset.unit_id).where(
            Rendition.id == MediaPass.rendition_id, Asset.id == Rendition.asset_id
        )
    ):
        if token not in passes:
            passes.add(token)
            unit = db.get_one(Unit, unit_id)
            if not allowed(db, who, unit, None, (MediaKind(kind),)):
                found.append(f"{kind} of {unit.code}")
    return found


def one_try(db: Session, dice: random.Random, who: Somebody, passes: set[str]) -> list[str]:
    """One question, by word or button, fresh or in the middle of a talk."""
    if dice.random() < 0.25:
        what, slots, text = dice.choice(FREE)
        before = who.person.memory.unit or ""
        return leaks(db, who, told(ask(db, who.person, what, slots, text=text)), before, passes)
    what, slots, right, kinds = dice.choice(ASKED)
    code = f"W-{dice.randrange(1000, 1030)}"
    sku = code if "." in what and what.partition(".")[0] not in ("item", "catalog") else [code]
    person = who.person
    if dice.random() < 0.5:
        person.memory = replace(person.memory, unit=None, shown=(), part=None, kind=None)
    nowhere = replace(person)
    answer = ask(db, person, what, {**slots, "sku": sku})
    found = leaks(db, who, told(answer), code, passes)
    unit = db.exec(select(Unit).where(Unit.code == code)).one()
    if not allowed(db, who, unit, right, kinds):
        other = ask(db, nowhere, what, {**slots, "sku": NOWHERE if sku == code else [NOWHERE]})
        if told(answer).replace(code, "X") != told(other).replace(NOWHERE, "X"):
            found.append(f"{what} {slots} tells {code} from one that is nowhere")
    return found


def tried(folder: Path, seed: int, times: int) -> list[str]:
    dice = random.Random(seed)
    with fresh("sqlite", folder) as database:
        people = database.write(lambda db: arranged(db, dice))

        def series(db: Session) -> list[str]:
            passes: set[str] = set()
            found: list[str] = []
            for _ in range(times):
                who = dice.choice(people)
                found += [
                    f"{who.person.address}: {each}" for each in one_try(db, dice, who, passes)
                ]
            for page in db.exec(select(Share)):
                assert db.exec(select(SharedAsset).where(SharedAsset.share_id == page.id)).all()
            return found

        return database.write(series)


@pytest.mark.parametrize("seed", range(4))
def test_no_question_tells_what_was_not_granted(seed: int, tmp_path: Path) -> None:
    assert tried(tmp_path, seed, 125) == []


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(100, 140))
def test_ten_thousand_questions_tell_nothing_that_was_not_granted(
    seed: int, tmp_path: Path
) -> None:
    assert tried(tmp_path, seed, 250) == []


def test_a_film_by_its_code_costs_a_partner_one_look_at_the_grants_and_others_none(
    tmp_path: Path,
) -> None:
    looked: list[str] = []

    def unit(db: Session) -> None:
        stall.piece(db, 1042, media=(AssetKind.FILM,))
        partner = partners.enter(db, "P", "P", by="test", now=NOW)
        partners.seat(db, partner, "line", "Up", by="test", now=NOW)
        partners.grant(
            db, partner, None, rights=["media"], media_kinds=["film"], expires_on=None,
            by="test", now=NOW,
        )  # fmt: skip

        def note(*told: object) -> None:
            looked.append(str(told[2]))

        event.listen(db.get_bind(), "before_cursor_execute", note)
        for address, times in (("Up", 1), ("Uz", 0)):
            looked.clear()
            answer = ask(db, Person(address), "media.request", {"sku": ["W-1042"]})
            assert "Clip" in told(answer)
            assert sum("FROM partner_grant" in each for each in looked) == times
            assert not [each for each in looked if "unit_hold" in each]
        event.remove(db.get_bind(), "before_cursor_execute", note)

    with fresh("sqlite", tmp_path) as database:
        database.write(unit)
