"""The permission table, cell by cell (R-167): written down twice, so that a slip shows."""

import pytest

from catalog.duties.actors import BOT, SCHEDULER, STAFF_ROLES, Actor, Role
from handoff.staff.permissions import Act, NotAllowed, may, need

# owner manager senior appraiser store adviser remote accounting auditor
TABLE = """
look          o m s a t v r c u
talk          o m s a t v r . .
direct        o m s . . . . . .
see_contact   o m s a t v . c .
edit_customer o m s a t v . . .
capture       o m s a t v . . .
grade         o m s a . . . . .
edit_piece    o m s a t v . . .
offer         o m s a . . . . .
approve       o m . . . . . . .
share         o m s a t v . . .
pay           o m . . . . . c .
book          o m s a t v r . .
plan          o m . . . . . . .
write_words   o m s . . . . . .
grant         o m . . . . . . .
retry         o m s . . . . . .
report        o m s . . . . c u
export        o m . . . . . c .
keep          o m . . . . . . .
audit         o m . . . . . . u
settle_terms  o m . . . . . . .
staff         o . . . . . . . .
"""
LETTERS = {
    "o": Role.OWNER, "m": Role.MANAGER, "s": Role.SENIOR, "a": Role.APPRAISER, "t": Role.STORE,
    "v": Role.ADVISER, "r": Role.REMOTE, "c": Role.ACCOUNTING, "u": Role.AUDITOR,
}  # fmt: skip
CELLS = [
    (Act(line.split()[0]), role, letter in line.split()[1:])
    for line in TABLE.strip().splitlines()
    for letter, role in LETTERS.items()
]


@pytest.mark.parametrize(("act", "role", "is_allowed"), CELLS)
def test_a_role_may_what_its_column_says(act: Act, role: Role, is_allowed: bool) -> None:
    actor = Actor("somebody", role)
    assert may(actor, act) is is_allowed
    if not is_allowed:
        with pytest.raises(NotAllowed):
            need(actor, act)


def test_every_cell_is_there() -> None:
    assert len(CELLS) == len(Act) * len(STAFF_ROLES)


@pytest.mark.parametrize("actor", [BOT, SCHEDULER, Actor("misaki", Role.CUSTOMER)])
def test_who_is_no_staff_may_nothing(actor: Actor) -> None:
    assert not any(may(actor, act) for act in Act)
