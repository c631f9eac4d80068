"""The register of leaks as people read it (漏えいの記録簿)."""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from catalog.duties.breaches.tables import Breach


def register(db: Session, *, limit: int, offset: int = 0) -> Sequence[Breach]:
    """Every leak there was, the latest found first (PII-1)."""
    order = (col(Breach.discovered_on).desc(), col(Breach.id).desc())
    return db.exec(select(Breach).order_by(*order).offset(offset).limit(limit)).all()
