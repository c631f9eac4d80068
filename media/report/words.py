"""The words of findings, kept so that captures are found by them (傷・汚れの言葉, R-014): 2-grams
of what was written and of the finding's kind, and single signs that are no Latin letters, for each
capture that has pins, in drafts as well.

Not here: who looks for what, and beside which other things (`handoff/desk/footage`).
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, insert
from sqlmodel import Session, col, select

from catalog.ground.record import AssetId
from catalog.items.words import grams, plain_words
from media.assets.tables import Asset
from media.report.rules import KINDS, FindingKind, State
from media.report.tables import ConditionReport, FindingGram, ReportFinding

_AT_ONCE = 400


def keep(db: Session, assets: Iterable[str]) -> None:
    """The pins of these captures have changed: what they are found by follows."""
    wanted = sorted(set(assets))
    for first in range(0, len(wanted), _AT_ONCE):
        some = wanted[first : first + _AT_ONCE]
        told: dict[str, set[str]] = {each: set() for each in some}
        taken = select(Asset.id, Asset.captured_at).where(col(Asset.id).in_(some))
        moments = dict(db.exec(taken).all())
        for asset_id, kind, words in db.exec(
            _standing().where(col(ReportFinding.asset_id).in_(some))
        ):
            plain = plain_words(spoken(kind, words))
            told[asset_id] |= grams(plain) | {sign for sign in "".join(plain) if ord(sign) > 127}
        db.connection().execute(delete(FindingGram).where(col(FindingGram.asset_id).in_(some)))
        rows = [
            {"gram": gram, "asset_id": asset, "captured_at": moments[asset]}
            for asset, all_ in told.items()
            for gram in sorted(all_)
        ]
        if rows:
            db.connection().execute(insert(FindingGram), rows)


def _standing() -> Any:
    """Findings of reports that were not dropped: capture, kind and words."""
    return select(ReportFinding.asset_id, ReportFinding.kind, ReportFinding.told).where(
        ReportFinding.report_id == ConditionReport.id,
        ConditionReport.state != State.DROPPED.value,
    )


def spoken(kind: str, words: str) -> str:
    """A finding as somebody looks for it: by its kind and by what was written."""
    return f"{KINDS[FindingKind(kind)]} {words}"


def having(
    db: Session,
    asked: str,
    *which: ColumnElement[bool],
    since: datetime | None = None,
    until: datetime | None = None,
    limit: int,
) -> list[AssetId]:
    """Captures with a pin that says all these words, the latest first; `which`: what else holds of
    the capture; from `since` until before `until`.
    """
    words = plain_words(asked)
    wanted = sorted(grams(words), key=len, reverse=True)
    if not wanted:
        return []
    found = select(FindingGram.asset_id).where(FindingGram.gram == wanted[0])
    if since is not None:
        found = found.where(col(FindingGram.captured_at) >= since)
    if until is not None:
        found = found.where(col(FindingGram.captured_at) < until)
    for gram in wanted[1:]:
        other = FindingGram.__table__.alias()  # type: ignore[attr-defined]  # SQLModel gives one
        found = found.where(
            select(other.c.asset_id)
            .where(other.c.gram == gram, other.c.asset_id == FindingGram.asset_id)
            .exists()
        )
    if which:
        found = found.where(Asset.id == FindingGram.asset_id, *which)
    most = limit + limit // 2  # some only have the letters
    among = list(db.exec(found.order_by(col(FindingGram.captured_at).desc()).limit(most)))
    said: dict[str, str] = dict.fromkeys(among, "")
    for asset_id, kind, told in db.exec(_standing().where(col(ReportFinding.asset_id).in_(among))):
        said[asset_id] += "\t".join(["", *plain_words(spoken(kind, told))])
    is_said = [each for each in among if all(word in said[each] for word in words)]
    return [AssetId(each) for each in is_said[:limit]]
