"""Who acts, by the one name the journal knows."""

import pytest

from catalog.duties.actors import BOT, SCHEDULER, Actor, Role


@pytest.mark.parametrize(
    ("actor", "name", "is_staff"),
    [
        (Actor("7", Role.APPRAISER), "staff:7", True),
        (Actor("7", Role.OWNER), "staff:7", True),
        (Actor("c", Role.CUSTOMER), "customer:c", False),
        (BOT, "bot", False),
        (SCHEDULER, "scheduler", False),
    ],
)
def test_everybody_has_one_name(actor: Actor, name: str, is_staff: bool) -> None:
    assert (actor.name, actor.is_staff) == (name, is_staff)
