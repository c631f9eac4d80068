"""Every field of every rich menu is answered by a flow (R-174)."""

import pytest

from bot.app import FLOWS
from bot.line.rich_menu import MENUS, Menu
from conversations.flows.flow import read_tap


@pytest.mark.parametrize("menu", MENUS, ids=lambda each: f"{each.role}-{each.lang}")
def test_every_tap_of_a_menu_is_answered_by_a_flow(menu: Menu) -> None:
    unknown = FLOWS.for_tap("nobody.knows")
    taps = [read_tap(button.data)[0] for button in menu.buttons]
    assert [tap for tap in taps if FLOWS.for_tap(tap) is unknown] == []
    assert len(set(taps)) == 6
