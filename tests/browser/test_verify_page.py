"""`verify.html` out of the zip, opened as a file in a real browser: it takes the good zip, packed
and unpacked, refuses every tampered one, and talks to nobody (R-009).
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from bot.authority import HttpAuthority
from media.originals.local import LocalStore
from media.sharing import verify
from media.sharing.evidence import About
from tests import authority as authorities
from tests.browser.chromium import chromium
from tests.databases import fresh
from tests.media import captures
from tests.media.disputed import disputed as disputed_story
from tests.media.evidence import (
    LIST_TAMPERS,
    LITTER,
    TAMPERS,
    TOLD,
    archive_of,
    deleted,
    disputed,
    linked,
    no_tombstone,
    of_old_form,
    original,
    read,
    reported,
    restamped,
    sealed,
    written,
    zipped,
)

CODE = "W-10234"


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("good")
    (folder / "story").mkdir()
    with (
        fresh("sqlite", folder) as database,
        authorities.opened(authorities.founded(folder / "tsa")) as authority,
    ):
        archive = archive_of(
            database, LocalStore(folder / "media"), folder, HttpAuthority(authority.url)
        )
        unit = captures.unit(database, CODE)
        report = reported(archive, unit)
        still = captures.still(folder / "dial.jpg").read_bytes()
        for content in (b"dial" * 999, b"", still):
            original(archive, content, unit)
        written(archive, folder / "small.zip", About(code=CODE), further=[report])
        disputed(archive, folder / "dispute.zip")
        # More than the page gives the browser's own hash at once.
        original(archive, bytes(range(256)) * (130 << 10), unit)
        path = written(archive, folder / "good.zip", About(code=CODE), further=[report])
        sold = captures.unit(database, "W-10235")
        original(archive, b"kept", sold)
        deleted(archive, original(archive, b"over", sold)[1])
        written(archive, folder / "deleted.zip", About(code="W-10235"))
        with fresh("sqlite", folder / "story") as books:
            story = disputed_story(books, LocalStore(folder / "story"), folder / "story", authority)
            about = About(dispute_id=story.dispute_id)
            written(story.archive, folder / "story.zip", about)
        (folder / "other.tsr").write_bytes(authority.stamp_of(b"another checkpoint"))
        (folder / "key").write_text(str(archive.notary.keys.current().verifier))
        yield path


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


@pytest.fixture
def page(browser: Browser, good: Path, tmp_path: Path) -> Iterator[Page]:
    made = tmp_path / "verify.html"
    made.write_bytes(read(good)["verify.html"])
    context = browser.new_context(viewport={"width": 320, "height": 640})
    opened = context.new_page()
    asked: list[str] = []
    opened.on("request", lambda request: asked.append(request.url))
    wrong: list[str] = []
    opened.on("pageerror", lambda error: wrong.append(str(error)))
    opened.goto(made.as_uri())
    yield opened
    context.close()
    assert [each for each in asked if not each.startswith("blob:")] == [made.as_uri()]
    assert wrong == []


def judged(page: Page, place: Path) -> str:
    """`good`, `old` or `bad`: by the page, and by the script too."""
    page.evaluate("document.getElementById('verdict').className = ''")
    page.set_input_files("#folder" if place.is_dir() else "#zip", place)
    page.wait_for_selector("#verdict.good, #verdict.old, #verdict.bad", timeout=120_000)
    told = page.locator("#verdict").get_attribute("class")
    words = verify.report(str(place), page.locator("#key").input_value() or None)
    last = words.splitlines()[-1]
    script = "bad" if words.startswith("FAILED") else "good" if last.startswith("OK") else "old"
    assert told == script, (page.locator("#verdict").inner_text(), words)
    return script


def said(page: Page, place: Path) -> bool:
    return judged(page, place) == "good"


def test_the_good_one_holds_packed_and_unpacked(page: Page, good: Path, tmp_path: Path) -> None:
    assert said(page, good), page.locator("#verdict").inner_text()
    shown = page.locator("#told").inner_text()
    assert f"piece {CODE} (unit unit-{CODE})" in shown and "2026-09-17 04:00:00 UTC" in shown
    assert "time stamp says" in shown and "openssl ts -verify" in shown
    folder = tmp_path / "bag"
    for name, content in read(good).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    for name in LITTER:
        (folder / name).write_bytes(b"left by the system")
    assert said(page, folder), page.locator("#verdict").inner_text()
    assert f"not part of it: {', '.join(sorted(LITTER))}" in page.locator("#told").inner_text()
    (folder / "ROOT.pem").write_bytes(b"the authority's root")
    assert not said(page, folder)
    page.fill("#key", (good.parent / "key").read_text())
    assert said(page, good)
    page.fill("#key", "another.example/akashi+00000000+AQ==")
    assert not said(page, good)
    wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(wide) <= 0


def test_it_shows_the_pictures_it_found_unchanged_and_none_otherwise(
    page: Page, browser: Browser, good: Path, tmp_path: Path
) -> None:
    """By their hashes; without scripts it says what lies there and how it is checked."""
    small = good.parent / "small.zip"
    assert said(page, small)
    originals = [name for name in read(small) if name.startswith("data/originals/")]
    shown = page.locator("#pictures li")
    assert shown.count() == len(originals) == 3
    hashes = {name.split("/")[-1].split(".")[0] for name in originals}
    assert set(page.locator("#pictures code").all_inner_texts()) == hashes
    page.wait_for_function(
        "() => [...document.querySelectorAll('#pictures img')].length === 1"
        " && document.querySelector('#pictures img').naturalWidth > 0"
    )
    files = read(small)
    files[originals[0]] += b"x"
    assert not said(page, zipped(files, tmp_path / "changed.zip"))
    assert shown.count() == 0
    assert page.locator("#seen").is_hidden()
    plain = browser.new_context(java_script_enabled=False)
    without = plain.new_page()
    without.goto(page.url)
    stated = without.locator("noscript").inner_text()
    assert "verify.py" in stated
    assert "manifest-sha256.txt" in stated
    plain.close()


def test_a_list_that_is_not_the_frozen_one_is_refused(
    page: Page, good: Path, tmp_path: Path
) -> None:
    """R-017: a dispute's exhibits are those its leaf froze."""
    dispute = good.parent / "dispute.zip"
    assert said(page, dispute), page.locator("#verdict").inner_text()
    for what, tamper in LIST_TAMPERS.items():
        files = read(dispute)
        tamper(files)
        assert not said(page, zipped(sealed(files), tmp_path / "changed.zip")), what


def test_an_old_zip_holds_as_what_it_is(page: Page, good: Path, tmp_path: Path) -> None:
    files = read(good.parent / "small.zip")
    of_old_form(files)
    assert judged(page, zipped(sealed(files), tmp_path / "old.zip")) == "old"
    told = page.locator("#verdict").inner_text()
    assert "OLD FORM" in told and "nothing binds record.json" in told and "OK" not in told


def test_a_deletion_is_told_by_a_leaf(page: Page, good: Path, tmp_path: Path) -> None:
    path = good.parent / "deleted.zip"
    assert said(page, path), page.locator("#verdict").inner_text()
    assert "1 withheld (deleted)" in page.locator("#told").inner_text()
    files = read(path)
    of_old_form(files)
    assert judged(page, zipped(sealed(files), tmp_path / "old.zip")) == "old"
    no_tombstone(files)
    assert not said(page, zipped(sealed(files), tmp_path / "changed.zip"))
    assert "no leaf tells" in page.locator("#verdict").inner_text()


def test_every_tampered_one_is_refused(page: Page, good: Path, tmp_path: Path) -> None:
    """Also as the script sees it: the two agree on each."""
    small = good.parent / "small.zip"
    for what, change in TAMPERS.items():
        files = read(small)
        change(files)
        for n, each in enumerate((files, sealed(files))):
            assert not said(page, zipped(each, tmp_path / f"{n}.zip")), what
    swapped = {**read(small), "log/timestamp.tsr": (good.parent / "other.tsr").read_bytes()}
    assert not said(page, zipped(sealed(swapped), tmp_path / "swapped.zip"))
    (tmp_path / "no.zip").write_bytes(b"no zip at all")
    assert not said(page, tmp_path / "no.zip")
    assert said(page, zipped(sealed(read(small)), tmp_path / "again.zip"))


def test_what_is_told_beside_and_an_earlier_stamp_are_checked_too(
    page: Page, good: Path, tmp_path: Path
) -> None:
    """R-009: sale, looks, findings and custody as a leaf binds them; links and ways out of the
    folder are none of ours.
    """
    story = good.with_name("story.zip")
    assert said(page, story), page.locator("#verdict").inner_text()
    shown = page.locator("#told").inner_text()
    assert shown.count("time stamp says") == 1 and shown.count("leaves in a log of") == 2
    files = read(story)
    (under,) = {name[:-14] for name in files if name.endswith("/checkpoint.txt")} - {"log/"}
    stamp = f"{under}timestamp.tsr"
    again = {**files, stamp: restamped(files[stamp])}
    assert judged(page, zipped(sealed(again), tmp_path / "again.zip")) == "bad"
    for name in (*(f"data/{each}.json" for each in TOLD), f"{under}proofs.json",
                 f"{under}checkpoint.txt"):  # fmt: skip
        changed = {**files, name: files[name].replace(b"1", b"2", 1) + b"\n "}
        assert judged(page, zipped(sealed(changed), tmp_path / "changed.zip")) == "bad", name
    for name in ("data/more.json", "../evil.txt", "../.DS_Store", "/.DS_Store", "a/../Thumbs.db"):
        assert judged(page, zipped({**files, name: b"x"}, tmp_path / "more.zip")) == "bad", name
    assert judged(page, linked(files, tmp_path / "link.zip")) == "bad"
