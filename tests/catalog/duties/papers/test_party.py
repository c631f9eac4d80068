"""Papers name the other side as verified, else as the register does; each opening is logged."""

from datetime import timedelta

import pytest
from sqlmodel import Session

from catalog.duties.identity.actions import Doubt, revoke
from catalog.duties.identity.queries import readings
from catalog.duties.papers.party import PartyMissing, party
from catalog.ground.record import CustomerId
from catalog.ground.session.database import Database
from tests.catalog.duties.law import HANAKO, KEYS, NOW, checked, customer


def test_the_verified_name_stands_on_the_paper_while_its_check_holds(database: Database) -> None:
    def unit(db: Session) -> None:
        who = customer(db)
        assert party(db, KEYS, who, by="staff:1", now=NOW).name == "高橋 花子"
        identity = checked(db, who)
        told = party(db, KEYS, who, by="staff:1", now=NOW)
        assert (told.name, told.address) == (HANAKO.name, HANAKO.address)
        assert [each.read_by for each in readings(db, identity)] == ["staff:1"]
        revoke(db, identity, doubt=Doubt.FORGED, by="staff:1", now=NOW)
        later = party(db, KEYS, who, by="staff:1", now=NOW + timedelta(days=1))
        assert (later.name, later.address) == ("高橋 花子", "")
        with pytest.raises(PartyMissing):
            party(db, KEYS, CustomerId("nobody"), by="staff:1", now=NOW)

    database.write(unit)
