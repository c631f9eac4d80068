"""The register on the screen: found, looked at, changed, put on sale, graded (R-081 to R-092)."""

import html
import re
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from sqlmodel import Session, col, select

from catalog.duties.actors import Role
from catalog.grading.checklists import CHECKLISTS
from catalog.items.kinds import Category
from catalog.items.tables import Unit
from media.assets.tables import Asset, Blob
from tests.databases import ENGINES, fresh_url
from tests.handoff.console.back_office import BackOffice, Person, back_office
from tests.line_platform import in_loop
from tests.media.captures import NOON
from tests.shop import item

Story = Callable[[BackOffice], Awaitable[None]]
HOSTILE = "<script>alert(1)</script>\"'髙𠮷\u202e"


def told(engine: str, folder: Path, story: Story) -> None:
    @in_loop
    async def run() -> None:
        with fresh_url(engine, folder) as url:
            async with back_office(url, folder) as office:
                await story(office)

    run()


@pytest.mark.parametrize("engine", ENGINES)
def test_pieces_are_found_by_nickname_kana_reference_serial_and_narrowed(
    engine: str, tmp_path: Path
) -> None:
    """R-090."""

    async def story(office: BackOffice) -> None:
        await office.shop.stock(
            item("W-10234", brand="ROLEX", model="Daytona", reference="116500LN", serial="AB1234"),
            item("B-20011", "バーキン25", brand="HERMES", price="2500000"),
            item("W-10300", "サブマリーナー", brand="ROLEX", state="unlisted"),
        )
        sato = await office.signed_in("佐藤", Role.AUDITOR)
        for asked in ("デイトナ", "116500LN", "AB1234", "w10234"):
            page = await sato.get(f"/console/items?q={asked}")
            assert "W-10234" in page.words, asked
            assert "B-20011" not in page.words, asked
        page = await sato.get("/console/items?category=bag&from=2000000&to=3000000&sort=dear")
        assert "B-20011" in page.words
        assert "W-10234" not in page.words
        assert "¥2,500,000" in page.words
        page = await sato.get("/console/items?state=unlisted")
        assert "非公開" in page.words
        assert "W-10300" in page.words
        assert "B-20011" not in page.words
        assert "撮影不足" in page.words
        page = await sato.get("/console/items?held=yes")
        assert "条件に合う商品はありません" in page.words

    told(engine, tmp_path, story)


@pytest.mark.parametrize("engine", ENGINES)
def test_every_piece_comes_once_while_pages_are_turned(engine: str, tmp_path: Path) -> None:
    async def story(office: BackOffice) -> None:
        codes = [f"W-{20000 + n}" for n in range(107)]
        await office.shop.stock(
            *(item(code, price=str(1000 + n % 3)) for n, code in enumerate(codes))
        )
        sato = await office.signed_in("佐藤", Role.ADVISER)
        for order in ("new", "old", "cheap", "dear"):
            seen, path = [], f"/console/items?sort={order}"
            while path:
                page = await sato.get(path, **{"hx-request": "true"})
                assert page.status == 200
                seen += _codes(page.text)
                path = _next(page.text)
            assert sorted(seen) == codes, order

    told(engine, tmp_path, story)


def test_the_few_that_lack_a_shot_are_found_among_many_that_lack_none(tmp_path: Path) -> None:
    """R-004: no empty page stands before them."""

    def photographed(db: Session) -> None:
        required = [s.code for s in CHECKLISTS[Category.WATCH].shots if s.is_required]
        is_film = {s.code: s.is_film for s in CHECKLISTS[Category.WATCH].shots}
        db.add(Blob(sha256="a" * 64, bytes=1, mime="image/jpeg", kept_at=NOON))
        db.flush()
        for unit in db.exec(select(Unit).where(col(Unit.code) > "W-20001")).all():
            for code in required:
                place = f"{unit.code}_{code}_1.jpg"
                db.add(
                    Asset(
                        id=place, unit_id=unit.id, kind="film" if is_film[code] else "still",
                        sha256="a" * 64, name=place, source="upload", place=place,
                        captured_at=NOON, time_source="file", readiness="whole", log_number=1,
                        received_at=NOON,
                    )
                )  # fmt: skip

    async def story(office: BackOffice) -> None:
        await office.shop.stock(*(item(f"W-{20000 + n}") for n in range(62)))
        await office.shop.shop.units.write(photographed)
        sato = await office.signed_in("佐藤", Role.ADVISER)
        page = await sato.get("/console/items?shots=missing&sort=new")
        assert sorted(_codes(page.text)) == ["W-20000", "W-20001"]
        assert "条件に合う商品はありません" not in page.words

    told("sqlite", tmp_path, story)


def _codes(text: str) -> list[str]:
    return re.findall(r'<span class="code">([^<]+)</span>', text)


def _next(text: str) -> str:
    found = re.search(r'class="more"><a href="([^"]+)"', text)
    return html.unescape(found[1]) if found else ""


@pytest.mark.parametrize("engine", ENGINES)
def test_a_price_is_changed_with_a_reason_once_and_journaled(engine: str, tmp_path: Path) -> None:
    """R-086, R-088."""

    async def story(office: BackOffice) -> None:
        await office.shop.stock(item("W-10234", price="800000"))
        sato = await office.signed_in("佐藤", Role.ADVISER)
        path = "/console/items/W-10234/price"
        page = await sato.post(path, price="¥780,000", reason="相場に合わせて")
        assert page.status == 200
        assert "価格を変更しました" in page.words
        await sato.post(path, price="¥780,000", reason="相場に合わせて")
        shop = office.shop
        assert shop.one("SELECT price FROM unit") == 780_000
        assert shop.one("SELECT count(*) FROM price_event") == 1
        actor = shop.one("SELECT actor FROM journal WHERE verb = 'repriced'")
        assert actor == f"staff:{sato.staff}"
        page = await sato.get("/console/items/W-10234")
        assert "¥800,000 → ¥780,000 相場に合わせて 佐藤" in page.words

    told(engine, tmp_path, story)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_refusal_says_what_to_do(engine: str, tmp_path: Path) -> None:
    async def story(office: BackOffice) -> None:
        await office.shop.stock(item("W-10234", price="800000", state="preparing"))
        sato = await office.signed_in("佐藤", Role.MANAGER)
        page = await sato.post("/console/items/W-10234/price", price="abc", reason="x")
        assert page.status == 422
        assert "価格は1円以上の整数" in page.words
        page = await sato.post("/console/items/W-10234/price", price="900000", reason=" ")
        assert page.status == 409
        assert "理由を書いてください" in page.words
        page = await sato.post("/console/items/W-10234/state", to="sold", key="k2")
        assert page.status == 409
        assert "「出品準備中」から「売却済」へは動かせません" in page.words
        page = await sato.post(
            "/console/items/W-10234/hold", holder="C-9", until="2026-11-23T10:00"
        )
        assert "「C-9」が見つかりません" in page.words
        assert office.shop.one("SELECT price FROM unit") == 800_000

    told(engine, tmp_path, story)


@pytest.mark.parametrize("engine", ENGINES)
def test_the_gate_tells_what_is_missing_and_opens_when_it_is_there(
    engine: str, tmp_path: Path
) -> None:
    async def story(office: BackOffice) -> None:
        await office.shop.stock(item("A-30001", "カシミヤコート", price="80000"))
        sato = await office.signed_in("佐藤", Role.MANAGER)
        page = await sato.post("/console/items/A-30001/state", to="unlisted", reason="撮り直し")
        assert "状態を変更しました" in page.words
        page = await sato.post("/console/items/A-30001/publish", key="k2")
        assert page.status == 409
        assert "まだ出品できません" in page.words
        assert "撮影: 正面" in page.words
        assert "状態評価がありません" in page.words
        axes = {f"axis_{axis.id}": str(axis.best) for axis in CHECKLISTS[Category.APPAREL].axes}
        page = await sato.post("/console/items/A-30001/grade", key="k3", **axes)
        assert "評価を記録しました" in page.words
        for shot in CHECKLISTS[Category.APPAREL].shots:
            await _picture(office, "A-30001", shot.code)
        page = await sato.get("/console/items/A-30001")
        assert "出品に必要なものは揃っています" in page.words
        page = await sato.post("/console/items/A-30001/publish", key="k4")
        assert "出品しました" in page.words
        assert office.shop.one("SELECT state FROM unit") == "listed"

    told(engine, tmp_path, story)


async def _picture(office: BackOffice, code: str, shot: str) -> None:
    import pyvips

    path = office.shop.folder / f"{code}_{shot}_01.jpg"
    pyvips.Image.black(64, 48, bands=3).jpegsave(str(path))
    with path.open("ab") as file:
        file.write(shot.encode())
    await office.shop.capture(path, code=code)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_dear_piece_needs_two_people_and_their_difference_a_third(
    engine: str, tmp_path: Path
) -> None:
    """R-092."""

    async def story(office: BackOffice) -> None:
        await office.shop.stock(item("A-30001", "ミンク", price="1500000", state="preparing"))
        one = await office.signed_in("佐藤", Role.APPRAISER)
        two = await office.signed_in("田中", Role.APPRAISER)
        three = await office.signed_in("鈴木", Role.SENIOR)
        axes = CHECKLISTS[Category.APPAREL].axes
        best = {f"axis_{axis.id}": str(axis.best) for axis in axes}
        worse = best | {"axis_fabric": "2", "axis_seams": "2"}
        path = "/console/items/A-30001/grade"
        page = await one.post(path, **best)
        assert "2人の検品が必要です" in page.words
        assert "2人目待ち" in page.words
        page = await one.post(path, key="k2", **best)
        assert page.status == 409
        assert "別の担当者が採点してください" in page.words
        page = await two.post(path, **worse)
        assert "2人の評価が違います: 佐藤 は S、田中 は" in page.words
        page = await three.post("/console/items/A-30001/settle", reason="生地に擦れ", **worse)
        assert "評価を確定しました" in page.words
        assert office.shop.one("SELECT graders FROM unit") == 2

    told(engine, tmp_path, story)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_piece_is_held_and_let_go(engine: str, tmp_path: Path) -> None:
    async def story(office: BackOffice) -> None:
        await office.shop.stock(item("W-10234"))
        await office.shop.is_customer(office.shop.line.add_user(), number="C-1")
        sato = await office.signed_in("佐藤", Role.STORE)
        page = await sato.post(
            "/console/items/W-10234/hold", holder="C-1", until="2026-11-23T10:00"
        )
        assert "取り置きしました" in page.words
        assert "佐藤 (C-1)" in page.words
        page = await sato.get("/console/items?held=yes")
        assert "取り置き中" in page.words
        hold = office.shop.one("SELECT id FROM unit_hold")
        await office.shop.stock(item("W-10235"))
        page = await sato.post("/console/items/W-10235/release", hold=hold)
        assert page.status == 404
        page = await sato.post("/console/items/W-10234/release", hold=hold)
        assert "取り置きを終えました" in page.words

    told(engine, tmp_path, story)


def test_who_may_not_change_is_told_so_and_sees_no_form(tmp_path: Path) -> None:
    async def story(office: BackOffice) -> None:
        await office.shop.stock(item("W-10234"))
        auditor = await office.signed_in("鈴木", Role.AUDITOR)
        remote = await office.signed_in("遠隔", Role.REMOTE)
        store = await office.signed_in("店頭", Role.STORE)
        page = await auditor.get("/console/items/W-10234")
        assert page.status == 200
        assert "/price" not in page.text
        assert "操作の記録" in page.words
        page = await remote.get("/console/items/W-10234")
        assert "操作の記録" not in page.words
        for verb in ("price", "state", "publish", "hold", "words", "grade", "settle", "flag"):
            page = await auditor.post(f"/console/items/W-10234/{verb}", price="1", reason="x")
            assert page.status == 403, verb
        assert (await store.post("/console/items/W-10234/grade")).status == 403
        assert (await remote.get("/console/items/new")).status == 403
        assert (await remote.get("/console/items/import")).status == 403
        assert office.shop.one("SELECT version FROM unit") == 1

    told("sqlite", tmp_path, story)


def test_a_form_without_its_proof_changes_nothing_and_foreign_codes_are_one_404(
    tmp_path: Path,
) -> None:
    async def story(office: BackOffice) -> None:
        await office.shop.stock(item("W-10234", price="800000"))
        sato = await office.signed_in("佐藤", Role.MANAGER)
        page = await sato.post("/console/items/W-10234/price", csrf="x", price="1", reason="x")
        assert page.status == 403
        assert (await sato.post("/console/items/W-10234/words", key="", title="x")).status == 403
        for code in ("W-99999", "x" * 300, "%3Cscript%3E", "W-10234%00"):
            assert (await sato.get(f"/console/items/{code}")).status == 404, code
        assert (
            await sato.post("/console/items/W-99999/price", price="1", reason="x")
        ).status == 404
        assert (await sato.get("/console/media/nothing")).status == 404
        assert office.shop.one("SELECT price FROM unit") == 800_000

    told("sqlite", tmp_path, story)


def test_hostile_words_are_words(tmp_path: Path) -> None:
    async def story(office: BackOffice) -> None:
        await office.shop.stock(item("W-10234"))
        sato = await office.signed_in("佐藤", Role.MANAGER)
        page = await sato.post(
            "/console/items/W-10234/words", title=HOSTILE, notes=HOSTILE, accessories="箱"
        )
        assert page.status == 200
        for path in ("/console/items", "/console/items/W-10234", f"/console/items?q={HOSTILE[:8]}"):
            page = await sato.get(path)
            assert "<script>alert" not in page.text
        assert office.shop.one("SELECT title FROM unit") == HOSTILE
        assert "髙𠮷" in (await sato.get("/console/items/W-10234")).words

    told("sqlite", tmp_path, story)


@pytest.mark.parametrize("engine", ENGINES)
def test_films_are_seen_with_ranges_and_stand_with_the_step_they_were_taken_at(
    engine: str, tmp_path: Path
) -> None:
    """R-022."""

    async def story(office: BackOffice) -> None:
        shop = office.shop
        await shop.stock(item("W-10234"))
        await shop.film("W-10234")
        sato = await office.signed_in("佐藤", Role.ADVISER)
        page = await sato.get("/console/items/W-10234")
        film = shop.one("SELECT id FROM rendition WHERE recipe = 'film'")
        assert f"/console/media/{film}" in page.text
        assert "管理の経過" in page.words
        past = page.text.partition('id="past"')[2].partition("</section>")[0]
        assert "保管" in past and f"/console/media/{film}" in past
        assert "この段階の動画・写真はありません" not in past
        assert "古物台帳 No.1" in page.words
        page = await sato.get(f"/console/media/{film}", range="bytes=0-99")
        assert page.status == 206
        assert page.headers["content-range"].startswith("bytes 0-99/")
        async with shop.http.get(f"{shop.url}/console/media/{film}", allow_redirects=False) as away:
            assert away.status == 303

    told(engine, tmp_path, story)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_second_piece_of_a_style_needs_only_its_own(engine: str, tmp_path: Path) -> None:
    """R-081, R-082."""

    async def story(office: BackOffice) -> None:
        shop = office.shop
        await shop.stock(item("W-10234", brand="ROLEX", model="Daytona", reference="116500LN"))
        sato: Person = await office.signed_in("佐藤", Role.STORE)
        page = await sato.get("/console/items/new?q=116500")
        style = shop.one("SELECT id FROM style")
        assert f"style={style}" in page.text
        page = await sato.post(
            "/console/items/new", style=style, price="1,234,000", serial="ZZ99", way="received"
        )
        assert page.status == 200
        assert "登録しました" in page.words
        assert "入荷済" in page.words
        assert "116500LN" in page.words
        page = await sato.post(
            "/console/items/new", style=style, price="990000", grade="AB", way="opening", key="k2"
        )
        assert "出品中" in page.words
        assert shop.one("SELECT count(*) FROM style") == 1
        assert shop.one("SELECT count(*) FROM ledger_row") == 2
        page = await sato.post(
            "/console/items/new", style=style, price="1", serial="ZZ99", key="k3"
        )
        assert page.status == 409
        assert "同じシリアルの商品" in page.words
        page = await sato.post("/console/items/new", category="watch", key="k4")
        assert page.status == 422
        assert shop.one("SELECT count(*) FROM unit") == 3

    told(engine, tmp_path, story)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_list_of_five_thousand_is_looked_through_taken_and_taken_again(
    engine: str, tmp_path: Path
) -> None:
    """R-089."""

    async def story(office: BackOffice) -> None:
        shop = office.shop
        await shop.stock(item("W-10000", "既にある", price="5"))
        lines = ["code,category,title,price"]
        lines += [f"W-{30000 + n},watch,デイトナ {n},{1000 + n}" for n in range(4_997)]
        lines += ["W-1,watch,値なし,", "x,watch,名,1", "W-10000,watch,別の名,7"]
        raw = "\r\n".join(lines).encode("cp932")
        sato = await office.signed_in("佐藤", Role.ADVISER)
        page = await sato.upload("/console/items/import", raw, act="look")
        assert page.status == 200
        assert "登録する商品 4997" in page.words
        assert "取り込めない行 2" in page.words
        assert "4999 price: is empty" in page.words
        assert "W-10000" in page.words
        assert shop.one("SELECT count(*) FROM unit") == 1
        text = raw.decode("cp932")
        page = await sato.upload("/console/items/import", None, act="take", list=text)
        assert "登録した商品 4997" in page.words
        assert shop.one("SELECT count(*) FROM unit") == 4_998
        page = await sato.upload("/console/items/import", None, act="take", list=text)
        assert "登録した商品 0" in page.words
        assert "登録済(変更なし) 4998" in page.words
        assert shop.one("SELECT title FROM unit WHERE code = 'W-10000'") == "既にある"
        page = await sato.upload("/console/items/import", b"a,b\n1,2\n", act="look")
        assert page.status == 422

    told(engine, tmp_path, story)
