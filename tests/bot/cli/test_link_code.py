"""`akashi staff link-code`: without a mail server staff give out the code, and the task ends."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlmodel import Session

from bot.settings import load
from catalog.customers import actions as customers
from catalog.customers import linking
from catalog.customers.actions import Particulars
from catalog.ground import worklist
from catalog.ground.session.opening import open_database
from tests.bot.cli.test_commands import Akashi
from tests.databases import fresh_url
from tests.shop import DATA_KEY


def test_staff_make_the_code_and_their_task_is_done(tmp_path: Path) -> None:
    with fresh_url("sqlite", tmp_path) as url:
        now = datetime.now(UTC)
        database = open_database(url)

        def asked(db: Session) -> tuple[str, str]:
            customer = customers.register(
                db, "C-1", "佐藤", given_name=None, language="ja",
                more=Particulars(email="misaki@example.com"), by="test", now=now,
            )  # fmt: skip
            token = linking.begin(db, "line", "U1", lang="ja", now=now)
            once = linking.ask(db, token, "ORD-1", customer, lang="ja", now=now)
            link = linking.find(db, token, now=now).id
            worklist.task(
                db, linking.STAFF_CODE, f"customer:{customer}", due_at=now + timedelta(hours=1),
                now=now, once=once or "", facts={"link": link},
            )  # fmt: skip
            return token, link

        token, link = database.write(asked)
        database.close()
        akashi = Akashi(tmp_path, url)
        before, made, after, missing = akashi.one_after_another(
            ("staff", "tasks"),
            ("staff", "link-code", link),
            ("staff", "tasks"),
            ("staff", "link-code", "nothing"),
        )
        assert "to do\tlink_code\tby " in before[1] and link in before[1]
        code = made[1].strip()
        assert (made[0], len(code), code.isdecimal()) == (0, 6, True)
        assert link not in after[1]
        assert missing[0] == 3
        assert "nothing: over" in missing[2]
        secret = load(_env_file=None, data_key=DATA_KEY).link_secret
        database = open_database(url)
        try:
            later = datetime.now(UTC)
            proven = database.write(lambda db: linking.prove(db, token, code, secret, now=later))
            assert proven is not None and proven.link.address == "U1"
        finally:
            database.close()
