"""`akashi policy` and `akashi journal` over a real database."""

from pathlib import Path

from tests.bot.cli.test_commands import Akashi
from tests.databases import fresh_url


def test_terms_are_listed_set_and_kept_by_version(tmp_path: Path) -> None:
    with fresh_url("sqlite", tmp_path) as url:
        akashi = Akashi(tmp_path, url)
        ran = akashi.one_after_another(
            ["policy", "list"],
            ["policy", "set", "crd.bonus_bps=2500", "dealer.name=あかし商会", "--by", "owner"],
            ["policy", "set", "con.tiers=[[0,9000],[10,8000]]", "--by", "owner"],
            ["policy", "set", "no.such=1", "--by", "owner"],
            ["policy", "set", "crd.bonus_bps", "--by", "owner"],
            ["policy", "list"],
            ["policy", "set", "crd.bonus_bps=500", "--by", "owner"],
            ["policy", "history"],
            ["journal", "check"],
        )
    assert [status for status, _, _ in ran] == [0, 0, 2, 2, 2, 0, 0, 0, 0]
    assert "no version yet" in ran[0][1]
    assert "crd.bonus_bps: above 2000" in ran[1][2]
    assert "con.tiers: a higher price cannot be paid at a lower rate" in ran[2][2]
    assert "version 1" in ran[5][1]
    assert "crd.bonus_bps\t2500" in ran[5][1]
    assert '{"crd.bonus_bps":500}' in ran[7][1]
    assert ran[8][1].startswith("0 broken chains, 0 different rows (")
