"""What issued reports and open pages show is there (表示の確認): each day their pictures and films
are looked for in the store, and what is gone is made again from its original; a certificate that
was never printed is printed. What cannot be shown, or printed, staff are told once.

Not here: originals (`media/retention`), making (`media/renditions`), printing (`media/report`).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import false
from sqlmodel import Session, col, select

from catalog.ground import worklist
from catalog.ground.calendar import tokyo_day
from catalog.ground.worklist import Work, WorkState
from media.assets.kinds import AssetKind, BlobState
from media.assets.tables import Asset, Blob
from media.originals.store import OriginalStore
from media.renditions.actions import NEEDED
from media.renditions.making import KINDS, RENDITION, TILING, TRANSCODE
from media.renditions.tables import Recipe, Rendition, RenditionState
from media.report import actions
from media.report.actions import CERTIFICATE_WORK
from media.report.rules import PRINTED_IN, State
from media.report.tables import ConditionReport, ReportCertificate
from media.sharing.tables import Share, SharedAsset

LOOK = "shown.look"  # due work: look for everything that is shown, once a day
UNSHOWN = "capture_unshown"  # staff: a capture can never be shown
UNPRINTED = "certificate_failed"  # staff: a certificate was given up
_AT_ONCE = 100
_MOST_TOLD = 50  # a day
_MADE_BY = {Recipe.FILM: TRANSCODE, Recipe.LONG: TRANSCODE, Recipe.TILES: TILING}


@dataclass(frozen=True, slots=True)
class Needed:
    """A rendition something is shown by; without `key` nobody made it yet."""

    asset_id: str
    recipe: Recipe
    key: str | None = None
    bytes: int | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """Some of what is shown, by its captures in order; `last`: go on after it, None at the end."""

    needed: tuple[Needed, ...]
    last: str | None


def begin(db: Session, at: datetime) -> None:
    """Slot `shown`: this day's look, and what staff have to be told. Again: nothing more."""
    day = tokyo_day(at).isoformat()
    worklist.add(db, LOOK, "renditions", day, due_at=at, now=at)
    _tell_unshown(db, at)
    _print(db, at)


def look_now(db: Session, *, now: datetime) -> None:
    """Everything that is shown is looked for at once: the place of it is another than it was."""
    worklist.add(db, LOOK, "renditions", f"{now:%Y%m%d%H%M%S}", due_at=now, now=now)


def part(db: Session, *, after: str, now: datetime) -> Part:
    """The next captures of pieces with an issued report, and of open pages, whose originals are
    kept, with what each is shown by.
    """
    reported = select(ConditionReport.unit_id).where(ConditionReport.state == State.ISSUED.value)
    shared = select(SharedAsset.asset_id).where(
        SharedAsset.share_id == Share.id, col(Share.revoked_at).is_(None), Share.ends_at > now
    )
    rows = db.exec(
        select(Asset.id, Asset.kind)
        .where(
            col(Asset.id) > after,
            col(Asset.is_tag).is_(false()),
            col(Asset.unit_id).in_(reported) | col(Asset.id).in_(shared),
            Asset.sha256 == Blob.sha256,
            Blob.state == BlobState.KEPT.value,
        )
        .order_by(col(Asset.id))
        .limit(_AT_ONCE)
    ).all()
    kinds = {asset_id: AssetKind(kind) for asset_id, kind in rows}
    needed = _needed(db, kinds)
    return Part(tuple(needed), rows[-1][0] if len(rows) == _AT_ONCE else None)


def _needed(db: Session, kinds: dict[str, AssetKind]) -> list[Needed]:
    made = db.exec(
        select(Rendition)
        .where(col(Rendition.asset_id).in_(kinds), col(Rendition.recipe) != Recipe.MOMENT.value)
        .order_by(col(Rendition.asset_id), col(Rendition.version))
    ).all()
    latest = {(each.asset_id, Recipe(each.recipe)): each for each in made}
    ready = {
        place: each
        for place, each in latest.items()
        if each.state == RenditionState.READY.value and each.key is not None
    }
    found = [Needed(*place, each.key, each.bytes) for place, each in ready.items()]
    for asset_id, kind in kinds.items():
        lacking = [each for each in NEEDED[kind] if (asset_id, each) not in latest]
        is_long = (asset_id, Recipe.LONG) in ready
        found += [Needed(asset_id, each) for each in lacking if not is_long]
    return found


def gone(store: OriginalStore, needed: Iterable[Needed]) -> list[Needed]:
    """Those no file of their length lies in the store for. Raises StoreUnavailable."""
    return [
        each
        for each in needed
        if each.key is None
        or not store.exists(each.key)
        or (each.bytes is not None and store.size(each.key) != each.bytes)
    ]


def make_again(db: Session, lacking: Sequence[Needed], *, now: datetime) -> int:
    """Making them is due, at most once a day for each; how many works are new. What is being made
    already is left alone.
    """
    busy = set(
        db.exec(
            select(Work.subject).where(
                col(Work.kind).in_(KINDS),
                col(Work.subject).in_({each.asset_id for each in lacking}),
                Work.state == WorkState.DUE.value,
            )
        )
    )
    day = tokyo_day(now).isoformat()
    wanted = {
        (each.asset_id, _MADE_BY.get(each.recipe, RENDITION))
        for each in lacking
        if each.asset_id not in busy
    }
    return sum(
        worklist.add(db, kind, asset_id, f"{asset_id}:{day}", due_at=now, now=now)
        for asset_id, kind in sorted(wanted)
    )


def _tell_unshown(db: Session, at: datetime) -> None:
    """A capture of a piece that will never be shown is a task, once; it ends when it is shown after
    all, or is a capture of no piece any more.
    """
    failed = db.exec(
        select(Asset.id, Asset.unit_id, Asset.name, Rendition.error)
        .where(
            Rendition.asset_id == Asset.id,
            Rendition.state == RenditionState.FAILED.value,
            col(Rendition.recipe).in_({each.value for kind in NEEDED.values() for each in kind}),
            col(Asset.unit_id).is_not(None),
            col(Asset.is_tag).is_(false()),
        )
        .order_by(col(Asset.id).desc())
    ).all()
    standing = {asset_id: (unit_id, name, error) for asset_id, unit_id, name, error in failed}
    for task in worklist.open_tasks_named(db, UNSHOWN):
        if task.facts.get("asset") not in standing:
            worklist.close_task(db, task.id or 0, now=at)
    told = 0
    for asset_id, (unit_id, name, error) in standing.items():
        facts = {"asset": asset_id, "name": name, "reason": error}
        about = f"unit:{unit_id}"
        told += worklist.task(db, UNSHOWN, about, due_at=at, now=at, once=asset_id, facts=facts)
        if told >= _MOST_TOLD:
            return


def _print(db: Session, at: datetime) -> None:
    """Reports without a certificate: printing is due; where the press gave up, staff are told."""
    printed = select(ReportCertificate.report_id)
    rows = db.exec(
        select(ConditionReport.id, ConditionReport.unit_id).where(
            ConditionReport.state == State.ISSUED.value, col(ConditionReport.id).not_in(printed)
        )
    ).all()
    lacking = dict(rows)
    for task in worklist.open_tasks_named(db, UNPRINTED):
        if task.facts.get("report") not in lacking:
            worklist.close_task(db, task.id or 0, now=at)
    for report_id, unit_id in lacking.items():
        key = actions.printing_key(db, report_id, PRINTED_IN[0])
        work = db.exec(
            select(Work).where(Work.kind == CERTIFICATE_WORK, Work.work_key == key)
        ).first()
        if work is None:
            actions.print_in(db, report_id, PRINTED_IN[0], now=at)
        elif work.state == WorkState.DEAD.value:
            facts = {"report": report_id, "reason": work.last_error}
            about = f"unit:{unit_id}"
            worklist.task(db, UNPRINTED, about, due_at=at, now=at, once=report_id, facts=facts)
