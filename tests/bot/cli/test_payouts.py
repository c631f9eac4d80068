"""`akashi payouts`: list, prepare, release, file, result, each by a named person."""

import base64
from datetime import UTC, datetime
from pathlib import Path

from catalog.ground.calendar import next_bank_day, tokyo_day
from catalog.ground.session.opening import open_database
from handoff.staff import actions as staff
from tests.bot.cli.test_commands import Akashi
from tests.catalog.buyback.deals import Deals
from tests.databases import fresh_url


def test_a_list_goes_from_due_to_paid(tmp_path: Path) -> None:
    with fresh_url("sqlite", tmp_path) as url:
        database = open_database(url)
        deals = Deals(database)
        deals.originator()
        seller = deals.seller()
        case_id = deals.here(seller)
        deals.accept(seller, deals.offered(case_id))
        people = [
            database.write(
                lambda db, name=name: staff.add(  # type: ignore[misc]  # bound at once
                    db, name, "accounting", email=None, slack_id=None, by="t", now=deals.now
                )
            )
            for name in ("maker", "releaser")
        ]
        database.close()
        key = base64.b64encode(b"k" * 32).decode()
        akashi = Akashi(tmp_path, url, AKASHI_DATA_KEY=key)
        out, answer = tmp_path / "furikomi.txt", tmp_path / "answer.csv"
        answer.write_text("list,line,amount,result,reference\n2,1,400000,paid,F-1\n")
        by = [["--by", person] for person in people]
        on = next_bank_day(tokyo_day(datetime.now(UTC)))  # the command line has the true clock
        day = ["--on", on.isoformat()]
        ran = akashi.one_after_another(
            ["payouts", "list", *day],
            ["payouts", "prepare", *day, *by[0]],
            ["payouts", "cancel", "1", *by[0]],
            ["payouts", "prepare", *day, *by[0]],
            ["payouts", "release", "2", *by[0]],
            ["payouts", "release", "2", *by[1]],
            ["payouts", "file", "2", "--out", str(out), *by[1]],
            ["payouts", "result", "1", str(answer), *by[0]],
            ["payouts", "result", "2", str(answer), *by[0]],
            ["payouts", "result", "2", str(answer), *by[0]],
            ["payouts", "list", *day],
            ["payouts", "release", "9", *by[0]],
            ["payouts", "prepare", *day, "--by", "nobody"],
        )
    assert [status for status, _, _ in ran] == [0, 0, 0, 0, 4, 0, 0, 4, 0, 0, 0, 3, 3], ran
    assert "¥400,000" in ran[0][1]
    assert "ready" in ran[0][1]
    assert "1 payments" in ran[5][1]
    assert out.read_bytes().count(b"\r\n") == 4
    assert out.stat().st_mode & 0o077 == 0
    assert ran[8][1] == "1 paid, 0 failed, 0 known before\n"
    assert ran[9][1] == "0 paid, 0 failed, 1 known before\n"
    assert "list 1\tcancelled" in ran[10][1]
    assert "list 2\tdone" in ran[10][1]
