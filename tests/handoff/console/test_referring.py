"""A better dealer is named to a seller at the console: shown, told once, and nothing of theirs
is passed on before they agree (R-053, QUO-7).
"""

from collections.abc import Iterator

import pytest
from sqlmodel import Session, select

from catalog.buyback import referrals
from catalog.buyback.tables import Referral, ReferralProposal
from catalog.duties.actors import Role
from catalog.ground import worklist
from catalog.ground.session.database import Database
from tests.catalog.buyback.deals import Deals
from tests.catalog.items.pieces import retailer
from tests.handoff.console.window import Opened, window


@pytest.fixture
def deals(database: Database) -> Deals:
    return Deals(database)


@pytest.fixture
def seat(deals: Deals) -> Iterator[Opened]:
    with window(deals.database, lambda: deals.now) as opened:
        yield opened


def test_a_dealer_who_pays_more_is_named_once_from_the_task(deals: Deals, seat: Opened) -> None:
    seller = deals.seller()
    case_id = deals.here(seller)
    deals.offered(case_id, 400_000)
    no, piece = deals.case(case_id).case_no, deals.piece(case_id)
    partner = retailer(deals.database, code="OSAKA")

    def unit(db: Session) -> int:
        worklist.task(
            db, referrals.WANTED, f"case:{case_id}", due_at=deals.now, now=deals.now,
            once=piece.id, facts={"piece": piece.id},
        )  # fmt: skip
        return worklist.task_id(db, referrals.WANTED, f"case:{case_id}", once=piece.id)

    task = deals.database.write(unit)
    path, appraiser = f"/console/cases/{no}/refer/1", seat("田中", Role.APPRAISER)
    assert f'href="{path}"' in appraiser.page(f"/console/tasks/{task}")
    assert f'href="{path}"' in appraiser.page(f"/console/cases/{no}")
    less = appraiser.send(path, path, reason="専門店です", indication="¥419,999")
    assert "ご紹介できません" in less.text
    shown = appraiser.send(path, path, reason="専門店です", indication="¥420,000")
    assert "銀座リテール にご紹介します" in shown.text
    assert appraiser.confirm(shown, times=2).status_code == 303
    [made] = deals.database.read(lambda db: list(db.exec(select(ReferralProposal))))
    assert (made.partner_id, made.indication) == (partner, 420_000)
    assert deals.notices(f"case:{case_id}").count("referral_proposed") == 1
    assert "済み" in appraiser.page(f"/console/tasks/{task}")
    assert "お返事を待っています" in appraiser.page(path)
    assert deals.database.read(lambda db: list(db.exec(select(Referral)))) == []
    assert appraiser.get(f"/console/cases/{no}/refer/2").status_code == 404
    assert seat("店頭", Role.STORE).get(path).status_code == 403
