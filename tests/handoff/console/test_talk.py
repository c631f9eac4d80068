"""A conversation taken over, answered and given back in the console; what reaches the customer."""

import asyncio
from datetime import timedelta
from html import unescape
from pathlib import Path
from re import findall

import pytest

from catalog.duties.actors import Actor, Role
from catalog.ground.calendar import TOKYO
from handoff.console.door import NotSignedIn, Visit
from handoff.console.moving import take
from handoff.staff import actions, sessions
from tests.databases import ENGINES
from tests.handoff.console.clerk import Clerk, clerk, talk_of, told
from tests.shop import RunningShop

PERSON = "人と話したい"


async def _called(shop: RunningShop) -> tuple[str, str]:
    """A customer who waits for a person; who, and the conversation."""
    user = shop.line.add_user()
    await shop.is_customer(user, number="C-1")
    await shop.says(user, PERSON)
    return user, talk_of(user)


def _words_to(shop: RunningShop, user: str) -> list[str]:
    return [each.get("text", "") for each in shop.line.sent_to(user)]


@pytest.mark.parametrize("engine", ENGINES)
def test_a_whole_handoff_by_forms_alone(tmp_path: Path, engine: str) -> None:
    """R-150, R-152, R-153: waits, is claimed, answered, ended; the bot is silent meanwhile."""

    async def story(shop: RunningShop) -> None:
        user, talk = await _called(shop)
        sato = await clerk(shop)
        inbox = await sato.get("/inbox?list=waiting")
        assert inbox.says("佐藤 様") and inbox.says("引き継ぎ待ち")
        claimed = await sato.post("/talk/claim", c=talk)
        assert (claimed.status, claimed.headers["location"].startswith("/console/inbox")) == (
            303, True,
        )  # fmt: skip
        page = await sato.get(f"/inbox?list=mine&c={talk}")
        assert page.says("担当中 佐藤 花子") and page.says(PERSON)
        form = await sato.form(talk, words="お待たせいたしました。\n佐藤でございます。")
        assert (await sato.post("/talk/reply", **form)).status == 303
        await shop.until(lambda: _words_to(shop, user)[-1].endswith("佐藤でございます。"), "reply")
        before = len(_words_to(shop, user))
        await shop.hear(shop.line.say(user, "在庫はありますか"))
        await shop.settled()
        assert len(_words_to(shop, user)) == before, "the bot says nothing while a person speaks"
        assert (await sato.get(f"/talk?c={talk}")).says("在庫はありますか")
        assert (await sato.post("/talk/close", c=talk)).status == 303
        assert len(await shop.says(user, PERSON)) > 0, "afterwards the bot speaks"

    told(tmp_path, story, engine=engine)


def test_the_same_form_twice_is_one_message(tmp_path: Path) -> None:
    async def story(shop: RunningShop) -> None:
        user, talk = await _called(shop)
        sato = await clerk(shop)
        form = await sato.form(talk, words="一度だけ届きます")
        answers = await asyncio.gather(*(sato.post("/talk/reply", **form) for _ in range(6)))
        assert {each.status for each in answers} <= {303, 409}
        await shop.settled()
        assert _words_to(shop, user).count("一度だけ届きます") == 1

    told(tmp_path, story)


@pytest.mark.parametrize("engine", ENGINES)
def test_of_many_who_claim_at_once_one_wins_and_the_others_are_told_who(
    tmp_path: Path, engine: str
) -> None:

    async def story(shop: RunningShop) -> None:
        people = [await clerk(shop, name) for name in ("佐藤 花子", "田中 一郎")]
        for n in range(50):
            user = shop.line.add_user()
            await shop.says(user, PERSON)
            talk = talk_of(user)
            answers = await asyncio.gather(
                *(
                    each.post("/talk/claim", c=talk, headers={"hx-request": "true"})
                    for each in people
                )
            )
            assert sorted(each.status for each in answers) == [200, 409], n
            won = 0 if answers[0].status == 200 else 1
            winner = ("佐藤 花子", "田中 一郎")[won]
            assert answers[1 - won].says(f"{winner} が担当中です")

    told(tmp_path, story, engine=engine)


@pytest.mark.parametrize("engine", ENGINES)
def test_who_is_let_go_while_they_claim_has_nothing_and_what_is_anothers_stays_theirs(
    tmp_path: Path, engine: str
) -> None:
    """R-152, R-167: a form that was sent before and comes after."""

    async def story(shop: RunningShop) -> None:
        _, talk = await _called(shop)
        tanaka, sato = await clerk(shop, "田中 一郎"), await clerk(shop)
        now, owner = shop.clock(), await clerk(shop, "店長", Role.OWNER)
        held = await shop.shop.units.read(lambda db: sessions.find(db, tanaka.token, now=now))
        assert held is not None
        boss = Actor(owner.id, Role.OWNER)
        await shop.shop.units.write(lambda db: actions.leave(db, tanaka.id, boss, now=now))
        with pytest.raises(NotSignedIn):
            await take(shop.shop.office, Visit(held, "ja", now, False), talk)
        assert shop.one("SELECT state FROM ticket") == "waiting"
        await sato.post("/talk/claim", c=talk)
        suzuki = await clerk(shop, "鈴木 次郎")
        refused = await suzuki.post("/talk/assign", c=talk, to=suzuki.id)
        assert refused.status == 409 and refused.says("佐藤 花子")
        gone = await sato.post("/talk/assign", c=talk, to=tanaka.id)
        assert gone.status == 404
        assert shop.one("SELECT owner FROM ticket") == sato.id

    told(tmp_path, story, engine=engine)


def test_a_reply_to_a_conversation_that_moved_asks_once_more(tmp_path: Path) -> None:

    async def story(shop: RunningShop) -> None:
        user, talk = await _called(shop)
        sato = await clerk(shop)
        await sato.post("/talk/claim", c=talk)
        form = await sato.form(talk, words="本日お送りします")
        await shop.hear(shop.line.say(user, "やはり明日にしてください"))
        await shop.settled()
        asked = await sato.post("/talk/reply", **form)
        assert asked.status == 409 and asked.says("やはり明日にしてください")
        assert asked.says("本日お送りします"), "the words are not lost"
        assert "本日お送りします" not in _words_to(shop, user)
        form = await sato.form(talk, words="本日お送りします")
        await shop.hear(shop.line.say(user, "あさってでも構いません"))
        await shop.settled()
        part = {"hx-request": "true"}
        again = await sato.post("/talk/reply", headers=part, **form)
        assert again.status == 409 and again.says("あさってでも構いません"), "asked each time"
        shown = (await sato.get(f"/talk?c={talk}")).text.partition('class="composer reply"')[2]
        assert ">本日お送りします</textarea>" in shown, "kept, whatever is pressed next"
        form = await sato.form(talk, words="本日お送りします")
        assert (await sato.post("/talk/reply", **form)).status == 303
        await shop.settled()
        assert _words_to(shop, user).count("本日お送りします") == 1

    told(tmp_path, story)


def test_the_hour_of_a_reply_that_is_asked_again_is_not_lost(tmp_path: Path) -> None:
    """Else it would leave at once, at night."""

    async def story(shop: RunningShop) -> None:
        user, talk = await _called(shop)
        sato = await clerk(shop)
        await sato.post("/talk/claim", c=talk)
        hour = f"{shop.clock().astimezone(TOKYO) + timedelta(days=1):%Y-%m-%dT10:00}"
        form = await sato.form(talk, words="明朝お送りします", later=hour)
        await shop.hear(shop.line.say(user, "急ぎません"))
        await shop.settled()
        asked = await sato.post("/talk/reply", **form)
        assert asked.status == 409
        assert asked.says(f'value="{hour}"')

    told(tmp_path, story)


def test_a_note_reaches_no_customer_and_a_reply_is_no_note(tmp_path: Path) -> None:

    async def story(shop: RunningShop) -> None:
        user, talk = await _called(shop)
        sato, tanaka = await clerk(shop), await clerk(shop, "田中 一郎")
        secret = "値引きは5万円まで可"
        noted = await sato.post(
            "/talk/note", c=talk, words=f"@田中 {secret}", key="k1", version="0"
        )
        assert noted.status == 303
        await shop.settled()
        assert all(secret not in each for each in _words_to(shop, user))
        assert secret not in str(shop.rows("SELECT messages FROM outbox"))
        page = await tanaka.get(f"/talk?c={talk}")
        assert page.says(secret) and page.says("社内メモ")
        assert (await tanaka.get("/inbox?list=mentions")).says("@あなた")
        assert not page.says("メモを取り消す"), "only whoever wrote it takes it back"
        page = await sato.get(f"/talk?c={talk}")
        note = unescape(findall(r'name="note" value="([^"]+)"', page.text)[0])
        refused = await tanaka.post("/talk/retract", c=talk, note=note)
        assert refused.status in (404, 409)
        assert (await sato.post("/talk/retract", c=talk, note=note)).status == 303
        page = await tanaka.get(f"/talk?c={talk}")
        assert page.says("(取り消されました)") and not page.says(secret)

    told(tmp_path, story)


def test_a_draft_is_kept_for_its_conversation_its_person_and_its_kind(tmp_path: Path) -> None:

    async def story(shop: RunningShop) -> None:
        _, first = await _called(shop)
        other = shop.line.add_user()
        await shop.says(other, PERSON)
        second = talk_of(other)
        sato, tanaka = await clerk(shop), await clerk(shop, "田中 一郎")
        kept = await sato.post("/talk/draft", c=first, mode="reply", words="Aさまへ", version="0")
        assert (kept.status, kept.headers["x-draft"]) == (204, "1")
        assert (await sato.get(f"/talk?c={first}")).says("Aさまへ")
        for who, talk in ((sato, second), (tanaka, first), (tanaka, second)):
            assert not (await who.get(f"/talk?c={talk}")).says("Aさまへ")
        await tanaka.post("/talk/claim", c=first)
        assert (await sato.get(f"/talk?c={first}")).says("Aさまへ"), "another owner changes nothing"
        stale = await sato.post("/talk/draft", c=first, mode="reply", words="古い", version="0")
        assert stale.status == 409 and stale.says("Aさまへ")

    told(tmp_path, story)


def test_put_aside_until_the_customer_writes_again(tmp_path: Path) -> None:
    async def story(shop: RunningShop) -> None:
        user, talk = await _called(shop)
        sato = await clerk(shop)
        await sato.post("/talk/claim", c=talk)
        assert (await sato.post("/talk/snooze", c=talk, until="reply")).status == 303
        assert (await sato.get("/inbox?list=snoozed")).says("保留")
        await shop.hear(shop.line.say(user, "いかがでしょうか"))
        await shop.settled()
        assert (await sato.get(f"/talk?c={talk}")).says("担当中 佐藤 花子")
        for until, at in (("at", "2020-01-01T10:00"), ("at", "nonsense"), ("", ""), ("never", "")):
            refused = await sato.post("/talk/snooze", c=talk, until=until, at=at)
            assert refused.status == 422

    told(tmp_path, story)


def test_what_is_refused_is_told_in_words_and_changes_nothing(tmp_path: Path) -> None:
    async def story(shop: RunningShop) -> None:
        user, talk = await _called(shop)
        sato, auditor = await clerk(shop), await clerk(shop, "監査", Role.AUDITOR)
        rows = "SELECT state, version FROM ticket"
        before = shop.rows(rows)

        async def refused(who: Clerk, path: str, status: int, **form: str) -> None:
            answer = await who.post(path, **form)
            assert answer.status == status, (path, answer.text)
            assert answer.says("できませんでした") and shop.rows(rows) == before

        await refused(auditor, "/talk/claim", 403, c=talk)
        await refused(auditor, "/talk/reply", 403, c=talk, words="x", key="k")
        await refused(sato, "/talk/claim", 404, c="line:nobody")
        await refused(sato, "/talk/reply", 422, c=talk, words=" ", key="k")
        await refused(sato, "/talk/reply", 422, c=talk, words="あ" * 5_001, key="k")
        await refused(sato, "/talk/reply", 422, c=talk, words="鍵なし")
        await refused(sato, "/talk/wake", 409, c=talk)
        await refused(sato, "/talk/nonsense", 404, c=talk)
        assert [each for each in _words_to(shop, user) if each in ("x", "鍵なし")] == []

    told(tmp_path, story)


def test_words_that_are_refused_wait_in_the_composer_and_who_speaks_there_is_named(
    tmp_path: Path,
) -> None:
    """R-152: without scripts the page that refuses takes the place of the box."""

    async def story(shop: RunningShop) -> None:
        _, talk = await _called(shop)
        sato, suzuki = await clerk(shop), await clerk(shop, "鈴木 次郎")
        form = await suzuki.form(talk, words="長い返信")
        await sato.post("/talk/claim", c=talk)
        in_part = {"hx-request": "true"}
        held = await suzuki.post("/talk/reply", headers=in_part, **form)
        assert (held.status, held.headers["hx-retarget"]) == (409, "#notice")
        assert held.says("佐藤 花子 が担当中です")
        assert shop.rows("SELECT body FROM draft") == []  # its own script keeps them
        held = await suzuki.post("/talk/reply", **form)
        assert held.status == 409 and held.says("佐藤 花子 が担当中です") and held.says("下書き")
        assert (await suzuki.get(f"/talk?c={talk}")).says(">長い返信</textarea>")
        late = await suzuki.form(talk, words="別の時刻", later="2020-01-01T10:00")
        assert (await suzuki.post("/talk/reply", **late)).status == 422
        assert (await suzuki.get(f"/talk?c={talk}")).says(">別の時刻</textarea>")
        other = await suzuki.post("/talk/reply", **late)  # made from a version that is gone
        assert other.status == 422
        page = await suzuki.get(f"/talk?c={talk}")
        assert page.says("別の時刻")
        note = {"c": talk, "key": "", "version": "0", "words": "社内のこと"}
        assert (await suzuki.post("/talk/note", **note)).status == 422
        assert (await suzuki.get(f"/talk?c={talk}")).says(">社内のこと</textarea>")

    told(tmp_path, story)


def test_what_customers_write_and_are_called_is_never_markup(tmp_path: Path) -> None:
    async def story(shop: RunningShop) -> None:
        user, talk = await _called(shop)
        sato = await clerk(shop)
        hostile = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"
        await shop.hear(shop.line.say(user, hostile), shop.line.say(user, "髙橋﨑𠮷葛󠄀"))
        await shop.settled()
        for path in (f"/talk?c={talk}", "/inbox?list=all", f"/talk/entries?c={talk}"):
            page = await sato.get(path)
            assert "<script>alert" not in page.text and "<img src=x" not in page.text
        shown = await sato.get(f"/talk?c={talk}")
        assert shown.says(hostile) and shown.says("髙橋﨑𠮷葛󠄀")

    told(tmp_path, story)
