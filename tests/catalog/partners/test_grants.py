"""What a partner may do, until when, and that a refusal tells nothing (R-027)."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.ground.record import PartnerId
from catalog.ground.session.database import Database
from catalog.items.actions import UnitMissing
from catalog.items.granting import granted_unit
from catalog.items.kinds import UnitState
from catalog.partners import actions as partners
from catalog.partners.invitations import InvitationMissing, invite, join
from catalog.partners.queries import grants_of, seated
from catalog.partners.rules import GrantFacts, GrantMalformed, MediaKind, Right, may
from tests.catalog.items.pieces import NOW, listed, retailer, walked

TODAY = date(2026, 11, 22)
CODES = st.sampled_from(["W-1", "W-2"])
RIGHTS = st.frozensets(st.sampled_from(list(Right)))
KINDS = st.frozensets(st.sampled_from(list(MediaKind)))
GRANTS = st.builds(
    GrantFacts,
    unit_code=st.one_of(st.none(), CODES),
    rights=RIGHTS,
    media_kinds=KINDS,
    expires_on=st.one_of(st.none(), st.dates(TODAY - timedelta(2), TODAY + timedelta(2))),
)


@given(
    st.lists(GRANTS, max_size=4),
    CODES,
    st.booleans(),
    st.one_of(st.none(), st.sampled_from(list(Right))),
    st.one_of(st.none(), st.sampled_from(list(MediaKind))),
)
def test_a_partner_may_only_what_one_living_grant_allows(
    grants: list[GrantFacts],
    code: str,
    is_dealers: bool,
    right: Right | None,
    kind: MediaKind | None,
) -> None:
    allowing = [
        grant
        for grant in grants
        if (grant.unit_code == code or (grant.unit_code is None and is_dealers))
        and (grant.expires_on is None or grant.expires_on >= TODAY)
        and (right is None or right in grant.rights)
        and (kind is None or (Right.MEDIA in grant.rights and kind in grant.media_kinds))
    ]
    assert may(
        grants, code, is_dealers=is_dealers, today=TODAY, right=right, media_kind=kind
    ) == bool(allowing)


def _asked(database: Database, partner: PartnerId, code: str, **wish: object) -> str:
    try:
        unit = database.read(
            lambda db: granted_unit(db, partner, code, today=TODAY, **wish)  # type: ignore[arg-type]  # a test's shorthand
        )
    except UnitMissing as missing:
        return str(missing)
    return unit.id


def test_refusals_do_not_show_whether_the_piece_exists(database: Database) -> None:
    shown, hidden = listed(database, "W-1", "W-2")
    partner = retailer(database, "W-1", rights=["media"], media_kinds=["film"])
    assert _asked(database, partner, "W-1", media_kind=MediaKind.FILM) == shown
    for code, wish in (
        ("W-2", {}),
        ("W-9", {}),
        ("W-1", {"right": Right.PRICE}),
        ("W-1", {"media_kind": MediaKind.REPORT}),
    ):
        assert _asked(database, partner, code, **wish) == code
    walked(database, hidden, UnitState.POLICE_HOLD)
    walked(database, shown, UnitState.POLICE_HOLD)
    assert _asked(database, partner, "W-1") == "W-1"


def test_one_piece_or_all_are_revoked_at_once(database: Database) -> None:
    listed(database, "W-1", "W-2")
    partner = retailer(database, "W-1", "W-2")

    def revoke(code: str | None) -> int:
        return database.write(lambda db: partners.revoke(db, partner, code, by="s", now=NOW))

    assert revoke("W-1") == 1
    assert _asked(database, partner, "W-1") == "W-1"
    assert _asked(database, partner, "W-2") != "W-2"
    assert revoke(None) == 1
    assert _asked(database, partner, "W-2") == "W-2"
    assert database.read(lambda db: grants_of(db, partner)) == []
    assert len(database.read(lambda db: grants_of(db, partner, with_revoked=True))) == 2


def test_a_grant_ends_with_its_day(database: Database) -> None:
    listed(database, "W-1")
    partner = retailer(database, "W-2")
    database.write(
        lambda db: partners.grant(
            db,
            partner,
            None,
            rights=["media"],
            media_kinds=["film"],
            expires_on=TODAY,
            by="s",
            now=NOW,
        )
    )
    assert _asked(database, partner, "W-1") != "W-1"
    with pytest.raises(UnitMissing):
        database.read(lambda db: granted_unit(db, partner, "W-1", today=TODAY + timedelta(days=1)))


def test_an_unknown_right_is_refused(database: Database) -> None:
    with pytest.raises(GrantMalformed):
        retailer(database, "W-1", rights=["everything"])


def test_an_invitation_seats_one_person_once_in_time(database: Database) -> None:
    partner = retailer(database, "W-1")
    code, late = (
        database.write(lambda db: invite(db, partner, by="staff:1", now=NOW)) for _ in range(2)
    )
    assert code != late
    told = f" {code.lower()} "
    assert database.write(lambda db: join(db, told, "line", "U1", now=NOW)) == partner
    assert database.read(lambda db: seated(db, "line", "U1")) == partner
    after = NOW + timedelta(days=14)
    errors = []
    for wrong, now in ((code, NOW), ("AAAAA-AAAAA", NOW), (late, after)):
        with pytest.raises(InvitationMissing) as missing:
            database.write(
                lambda db, wrong=wrong, now=now: join(db, wrong, "line", "U2", now=now)  # type: ignore[misc]  # bound at once
            )
        errors.append(str(missing.value))
    assert len(set(errors)) == 1
    assert database.read(lambda db: seated(db, "line", "U2")) is None
