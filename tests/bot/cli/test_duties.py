"""`akashi duties` and `akashi papers`: the law's registers and papers on disk."""

import sqlite3
from pathlib import Path

from bot.rulebook.book import TERMS
from catalog.duties.terms import DealerTerms
from catalog.ground import policy
from catalog.ground.session.sqlite import SqliteDatabase
from tests.bot.cli.test_commands import HEADING, Akashi
from tests.catalog.duties.law import NOW
from tests.databases import fresh_url

US = {
    "dealer.name": "あかし商会",
    "dealer.address": "東京都中央区",
    "dealer.authority": "東京都公安委員会",
    "dealer.licence_no": "301000000001",
}


def told(url: str) -> None:
    """Who the dealer is."""
    database = SqliteDatabase(url.removeprefix("sqlite:///"))
    known = [*TERMS, *({DealerTerms} - set(TERMS))]
    database.write(lambda db: policy.amend(db, US, known=known, by="t", now=NOW))
    database.close()


def test_ledger_notices_and_papers_from_the_command_line(tmp_path: Path) -> None:
    (tmp_path / "items.csv").write_text(
        HEADING.replace("grade", "serial") + "W-10234,watch,デイトナ,100,Rolex,Daytona,7X1\n",
        encoding="utf-8",
    )
    (tmp_path / "notice.csv").write_text("serial,features\n7x-1,\n,赤い鞄\n", encoding="utf-8")
    (tmp_path / "bad.csv").write_text("serial,item_kind\n1,car\n", encoding="utf-8")
    days = ("--from", "2020-01-01", "--to", "2099-12-31")
    sent = ("--authority", "警視庁", "--number", "1", "--arrived", "2026-11-22")
    with fresh_url("sqlite", tmp_path) as url:
        akashi = Akashi(tmp_path, url)
        (unnamed,) = akashi.one_after_another(
            ["duties", "ledger", *days, "--out", "ledger.html"],
        )
        assert unnamed[0] == 4
        assert "dealer.name" in unnamed[2]
        told(url)
        ran = akashi.one_after_another(
            ["import", "items", "items.csv"],
            ["duties", "notice", "notice.csv", *sent],
            ["duties", "notice", "notice.csv", *sent],
            ["duties", "notice", "bad.csv", *sent],
            ["duties", "ledger", *days, "--out", "ledger.csv"],
            ["duties", "ledger", *days, "--out", "ledger.html"],
            ["duties", "ledger", *days, "--out", "ledger.txt"],
            ["duties", "purchases", *days, "--out", "purchases.csv"],
            ["papers", "ledger", "2020-01-01..2099-12-31", "--out", "paper.html"],
            ["papers", "prepaid-notice", "now", "--out", "prepaid.html"],
            ["papers", "visit-document", "none", "--out", "none.html"],
            ["papers", "payment-notice", "none", "--out", "none.html"],
            ["papers", "deposit-receipt", "none", "--out", "none.html"],
            ["papers", "purchase-statement", "none", "--out", "none.html"],
            ["papers", "ledger", "yesterday", "--out", "none.html"],
        )
        database = sqlite3.connect(url.removeprefix("sqlite:///"))
        state = database.execute("SELECT state FROM unit").fetchone()[0]
        database.close()
    assert [status for status, _, _ in ran] == [0, 1, 1, 2, 0, 0, 2, 0, 0, 0, 3, 3, 3, 3, 2]
    assert "1 hits in stock" in ran[1][1]
    assert state == "police_hold"
    ledger = (tmp_path / "ledger.csv").read_text(encoding="utf-8-sig")
    assert "W-10234" in ledger
    for name in ("ledger.html", "paper.html"):
        assert "古物台帳" in (tmp_path / name).read_text(encoding="utf-8")
    assert "あかし商会" in (tmp_path / "prepaid.html").read_text(encoding="utf-8")
    assert "W-10234" in (tmp_path / "purchases.csv").read_text(encoding="utf-8-sig")
    assert not (tmp_path / "none.html").exists()
