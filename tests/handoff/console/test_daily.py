"""A clerk's day by forms alone: macros, words for later, put aside, given back, ended; what reaches
the customer, and what does not.
"""

from datetime import timedelta
from pathlib import Path
from re import findall

import pytest
from sqlmodel import Session

from catalog.duties.actors import Actor, Role
from handoff.desk import labels, macros
from handoff.desk.canned import actions as canned
from handoff.desk.labels import Colour
from handoff.desk.macros import Do, Step
from tests.databases import ENGINES
from tests.handoff.console.clerk import Clerk, clerk, talk_of, told
from tests.shop import RunningShop

PERSON = "人と話したい"
LEAD = Actor("lead", Role.SENIOR)


async def _called(shop: RunningShop) -> tuple[str, str]:
    user = shop.line.add_user()
    await shop.is_customer(user, number="C-1")
    await shop.says(user, PERSON)
    return user, talk_of(user)


def _words_to(shop: RunningShop, user: str) -> list[str]:
    return [each.get("text", "") for each in shop.line.sent_to(user)]


async def _macro(shop: RunningShop, body: str, *steps: Step) -> str:
    """A macro that answers with these words, and does the rest."""
    now = shop.clock()

    def unit(db: Session) -> str:
        reply = canned.write(db, "thanks", "お礼", {"ja": body}, LEAD, now=now)
        done = [Step(Do.REPLY, reply), *steps]
        return macros.write(db, "お礼して終える", done, LEAD, now=now)

    return await shop.shop.units.write(unit)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_macro_answers_and_ends_in_one_press_and_the_customer_is_asked_how_it_was(
    tmp_path: Path, engine: str
) -> None:
    """R-153, R-161, R-164."""

    async def story(shop: RunningShop) -> None:
        user, talk = await _called(shop)
        sato = await clerk(shop)
        which = await _macro(
            shop, "{{customer.family_name}}様、ありがとうございました。", Step(Do.CLOSE)
        )
        page = await sato.get(f"/inbox?list=all&c={talk}")
        assert page.says("お礼して終える")
        before = len(_words_to(shop, user))
        form = {"c": talk, "macro": which, "key": "m1"}
        assert (await sato.post("/talk/macro", **form)).status == 303
        await shop.until(lambda: len(_words_to(shop, user)) >= before + 2, "both letters")
        await shop.quiet()
        words = _words_to(shop, user)[before:]
        assert words.count("佐藤様、ありがとうございました。") == 1
        assert any("自動でご案内" in each for each in words)
        assert any("お聞かせください" in each for each in words)
        assert shop.one("SELECT state FROM ticket") == "closed"

    told(tmp_path, story, engine=engine)


def test_who_closes_without_a_word_does_not_say_that_there_was_a_talk(tmp_path: Path) -> None:
    """The bot goes on, a person is still a tap away, and nobody is asked how it was."""

    async def story(shop: RunningShop) -> None:
        user, talk = await _called(shop)
        sato = await clerk(shop)
        await sato.post("/talk/claim", c=talk)
        before = len(_words_to(shop, user))
        assert (await sato.post("/talk/close", c=talk)).status == 303
        await shop.until(lambda: len(_words_to(shop, user)) > before, "that the bot goes on")
        await shop.quiet()
        words = _words_to(shop, user)[before:]
        assert any("自動でご案内" in each for each in words)
        assert not any("お話は以上" in each or "お聞かせください" in each for each in words)

    told(tmp_path, story)


def test_a_macro_that_cannot_be_filled_says_what_is_missing_and_does_nothing(
    tmp_path: Path,
) -> None:
    async def story(shop: RunningShop) -> None:
        user, talk = await _called(shop)
        sato = await clerk(shop)
        which = await _macro(shop, "{{order.number}}を発送しました。", Step(Do.CLOSE))
        before = _words_to(shop, user)
        answer = await sato.post("/talk/macro", c=talk, macro=which, key="m1")
        assert answer.status == 409 and answer.says("order.number")
        await shop.quiet()
        assert _words_to(shop, user) == before
        assert shop.one("SELECT state FROM ticket") == "claimed"
        missing = await sato.post("/talk/macro", c=talk, macro="nothing", key="m2")
        assert missing.status == 404
        unfilled = await sato.form(talk, words="{{customer.name}}様")
        refused = await sato.post("/talk/reply", **unfilled)
        assert refused.status == 409 and refused.says("customer.name")

    told(tmp_path, story)


def test_a_macro_of_labels_alone_takes_no_conversation_over(tmp_path: Path) -> None:
    async def story(shop: RunningShop) -> None:
        _, talk = await _called(shop)
        sato, tanaka = await clerk(shop), await clerk(shop, "田中 一郎")
        now = shop.clock()

        def unit(db: Session) -> str:
            label = labels.define(db, "至急", Colour.RED, LEAD, now=now)
            return macros.write(db, "至急", [Step(Do.LABEL, label)], LEAD, now=now)

        which = await shop.shop.units.write(unit)
        await tanaka.post("/talk/claim", c=talk)
        assert (await sato.post("/talk/macro", c=talk, macro=which, key="k")).status == 303
        assert (await sato.get(f"/talk?c={talk}")).says("担当中 田中 一郎")
        answers = await _macro(shop, "こちらは佐藤です")
        held = await sato.post("/talk/macro", c=talk, macro=answers, key="k2")
        assert held.status == 409 and held.says("田中 一郎 が担当中です")

    told(tmp_path, story)


async def _waiting(who: Clerk) -> list[str]:
    page = await who.get("/later")
    assert page.status == 200
    return findall(r'name="letter" value="(\d+)"', page.text)


@pytest.mark.parametrize("engine", ENGINES)
def test_words_for_tomorrow_are_seen_called_off_and_never_leave(
    tmp_path: Path, engine: str
) -> None:
    async def story(shop: RunningShop) -> None:
        user, talk = await _called(shop)
        sato, tanaka = await clerk(shop), await clerk(shop, "田中 一郎")
        lead = await clerk(shop, "店長", Role.SENIOR)
        await sato.post("/talk/claim", c=talk)
        later = "2026-11-25T10:00"
        form = await sato.form(talk, words="明日お電話します", later=later)
        assert (await sato.post("/talk/reply", **form)).status == 303
        await shop.quiet()
        assert "明日お電話します" not in _words_to(shop, user)
        assert (await sato.get(f"/talk?c={talk}")).says("予約")
        (letter,) = await _waiting(sato)
        assert await _waiting(tanaka) == []
        assert await _waiting(lead) == [letter]
        stranger = await tanaka.post("/talk/call_off", c=talk, letter=letter)
        assert stranger.status == 404
        # Whoever has the conversation now may call it off as well.
        await sato.post("/talk/assign", c=talk, to=tanaka.id)
        assert (await tanaka.get(f"/talk?c={talk}")).says("送信を取り消す")
        off = await tanaka.post("/talk/call_off", c=talk, letter=letter)
        assert off.status == 303
        again = await tanaka.post("/talk/call_off", c=talk, letter=letter)
        assert again.status == 409 and again.says("取り消されています")
        assert await _waiting(lead) == []
        for wrong in ("2020-01-01T10:00", "nonsense", "2027-11-25T10:00"):
            form = await tanaka.form(talk, words="いつか", later=wrong)
            refused = await tanaka.post("/talk/reply", **form)
            assert refused.status == 422 and refused.says("90日以内")
        shop.clock.move(timedelta(hours=22))
        await shop.quiet()
        assert "明日お電話します" not in _words_to(shop, user)

    told(tmp_path, story, engine=engine)


def test_words_for_later_leave_at_their_hour_whoever_has_the_talk_by_then(tmp_path: Path) -> None:
    async def story(shop: RunningShop) -> None:
        user, talk = await _called(shop)
        sato = await clerk(shop)
        await sato.post("/talk/claim", c=talk)
        form = await sato.form(talk, words="一時間後にお届けします", later="2026-11-24T15:00")
        assert (await sato.post("/talk/reply", **form)).status == 303
        await shop.quiet()
        assert "一時間後にお届けします" not in _words_to(shop, user)
        shop.clock.move(timedelta(minutes=71))
        await shop.until(lambda: "一時間後にお届けします" in _words_to(shop, user), "its hour")

    told(tmp_path, story)


def test_given_back_the_customer_hears_the_new_time_and_put_aside_it_comes_back(
    tmp_path: Path,
) -> None:
    """R-154."""

    async def story(shop: RunningShop) -> None:
        user, talk = await _called(shop)
        sato = await clerk(shop)
        await sato.post("/talk/claim", c=talk)
        before = len(_words_to(shop, user))
        assert (await sato.post("/talk/give_back", c=talk)).status == 303
        await shop.until(lambda: len(_words_to(shop, user)) == before + 1, "the new time")
        assert "14:" in _words_to(shop, user)[-1]
        await sato.post("/talk/claim", c=talk)
        page = await sato.get(f"/talk?c={talk}")
        assert not page.says("次の営業開始"), "the shop is open"
        for until in ("hour", "tomorrow", "monday"):
            assert (await sato.post("/talk/snooze", c=talk, until=until)).status == 303, until
            assert (await sato.post("/talk/wake", c=talk)).status == 303, until
        at = {"until": "at", "at": "2026-11-25T10:30"}
        assert (await sato.post("/talk/snooze", c=talk, **at)).status == 303
        assert (await sato.get(f"/talk?c={talk}")).says("10:30")

    told(tmp_path, story)


def test_one_thing_is_done_in_many_and_what_is_refused_is_named(tmp_path: Path) -> None:
    """R-164."""

    async def story(shop: RunningShop) -> None:
        talks = []
        for _ in range(3):
            user = shop.line.add_user()
            await shop.says(user, PERSON)
            talks.append(talk_of(user))
        lead, sato = await clerk(shop, "店長", Role.SENIOR), await clerk(shop)
        await sato.post("/talk/claim", c=talks[2])
        assert (await lead.get("/inbox?list=waiting")).says("まとめて操作")
        page = await lead.get("/inbox/bulk?list=waiting")
        assert all(each in page.text for each in talks[:2])
        none = await lead.post("/inbox/bulk", list="waiting", step="close:", key="k0")
        assert none.status == 422 and none.says("会話を選んでください")
        ticked = {f"talk-{n}": each for n, each in enumerate(talks)}
        nothing = await lead.post("/inbox/bulk", list="waiting", step="reply:x", key="k0", **ticked)
        assert nothing.status == 422 and nothing.says("操作を選んでください")
        done = await lead.post("/inbox/bulk", list="waiting", step="close:", key="k1", **ticked)
        assert done.says("2件に行いました") and done.says("次の1件にはできませんでした")
        assert done.says("ほかの方が担当中です")
        states = shop.rows("SELECT conversation, state FROM ticket ORDER BY id")
        assert [state for _, state in states] == ["closed", "closed", "claimed"]
        given = await lead.post(
            "/inbox/bulk", list="all", step=f"assign:{lead.id}", key="k2", **{"talk-0": talks[2]}
        )
        assert given.says("1件に行いました")
        assert (await sato.get(f"/talk?c={talks[2]}")).says("担当中 店長")
        wrong = await lead.post("/inbox/bulk", list="all", step="snooze:never", key="k3", **ticked)
        assert wrong.status == 422 and wrong.says("操作を選んでください")
        aside = await lead.post("/inbox/bulk", list="all", step="snooze:monday", key="k4", **ticked)
        assert aside.says("1件に行いました")
        assert (await lead.get(f"/talk?c={talks[2]}")).says("保留 店長")

    told(tmp_path, story)
