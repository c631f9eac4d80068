"""`akashi staff …`: people come, get a link, another role, and go."""

from datetime import UTC, datetime
from pathlib import Path

from catalog.customers import actions as customers
from catalog.customers import queries as customers_of
from catalog.customers.actions import Particulars
from catalog.ground.session.opening import open_database
from handoff.staff import invitations, passwords, sessions
from tests.bot.cli.test_commands import Akashi
from tests.databases import fresh_url
from tests.shop import PUBLIC_URL


def test_people_come_get_a_link_another_role_and_go(tmp_path: Path) -> None:
    with fresh_url("sqlite", tmp_path) as url:
        akashi = Akashi(tmp_path, url)
        added, invited, nobody, role, king = akashi.one_after_another(
            ("staff", "add", "佐藤 花子", "--role", "adviser", "--email", "hanako@example.jp"),
            ("staff", "invite", "佐藤 花子"),
            ("staff", "invite", "鈴木"),
            ("staff", "role", "hanako@example.jp", "senior"),
            ("staff", "role", "佐藤 花子", "king"),
        )
        assert [each[0] for each in (added, invited, nobody, role, king)] == [0, 0, 3, 0, 2]
        assert invited[1].startswith(f"{PUBLIC_URL}/console/welcome?t=")
        again, none = akashi.one_after_another(
            ("staff", "invite", "佐藤 花子"), ("staff", "sessions")
        )
        token = again[1].strip().partition("?t=")[2]
        assert none == (0, "", "")
        now = datetime.now(UTC)
        digest = passwords.digest_of("Kinmokusei no kaori 7", name="佐藤", email=None)
        database = open_database(url)
        entered = database.write(
            lambda db: invitations.accept(db, token, digest, agent="Firefox", browser=None, now=now)
        )
        listed, wrong, ended, after, last = akashi.one_after_another(
            ("staff", "sessions"),
            ("staff", "sessions", "--end"),
            ("staff", "sessions", "佐藤 花子", "--end"),
            ("staff", "sessions", "佐藤 花子"),
            ("staff", "role", "佐藤 花子", "owner"),
        )
        assert "佐藤 花子\tinvitation\tsince " in listed[1] and "Firefox" in listed[1]
        assert entered.token not in listed[1]
        assert (wrong[0], ended[0], ended[1].strip()) == (2, 0, "佐藤 花子: 1 ended")
        assert (after, last[0]) == ((0, "", ""), 0)
        assert database.read(lambda db: sessions.find(db, entered.token, now=now)) is None
        alone, *gone = akashi.one_after_another(
            ("staff", "leave", "佐藤 花子"),
            ("staff", "add", "社長", "--role", "owner"),
            ("staff", "leave", "佐藤 花子"),
            ("staff", "invite", "佐藤 花子"),
        )
        assert (alone[0], [each[0] for each in gone]) == (4, [0, 0, 3])
        akashi.one_after_another(
            ("staff", "add", "田中", "--role", "adviser"),
            ("staff", "add", "鈴木", "--role", "adviser"),
        )
        database.write(
            lambda db: customers.register(
                db, "C-1", "高橋", given_name=None, language="ja",
                more=Particulars(adviser="田中"), by="test", now=now,
            )
        )  # fmt: skip
        held, both, done = akashi.one_after_another(
            ("staff", "leave", "田中"),
            ("staff", "leave", "田中", "--to", "鈴木", "--share"),
            ("staff", "leave", "田中", "--to", "鈴木"),
        )
        assert (held[0], both[0], done[0]) == (4, 2, 0)
        assert "1 customers" in done[1]
        assert database.read(customers_of.advisers) == ["鈴木"]
        database.close()
