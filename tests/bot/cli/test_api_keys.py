"""`akashi api-key`: made and shown once, listed without secrets, revoked."""

from pathlib import Path

from tests.bot.cli.test_commands import Akashi
from tests.databases import fresh_url


def test_a_key_is_made_listed_and_revoked(tmp_path: Path) -> None:
    with fresh_url("sqlite", tmp_path) as url:
        akashi = Akashi(tmp_path, url)
        made, again, wrong, listed = akashi.one_after_another(
            ("api-key", "add", "till 1", "--scope", "till"),
            ("api-key", "add", "till 1"),
            ("api-key", "add", "till 2", "--scope", "moon"),
            ("api-key", "list"),
        )
        token = made[1].strip()
        key_id = token.split("_")[1]
        assert made[0] == 0 and token.startswith("akashi_")
        assert (again[0], wrong[0]) == (4, 2)
        assert listed[1].startswith(f"{key_id}\tgood\t") and token not in listed[1]
        revoked, missing, after = akashi.one_after_another(
            ("api-key", "revoke", key_id), ("api-key", "revoke", "none"), ("api-key", "list")
        )
        assert (revoked[0], missing[0]) == (0, 3)
        assert f"{key_id}\trevoked\t" in after[1]
