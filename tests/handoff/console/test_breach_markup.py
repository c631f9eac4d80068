"""What people write, are called and send is never markup (stored XSS), read by a browser's own
parser on every page and in the stream; signs of every kind survive; whoever may not see contacts
finds none in any byte; no page goes without its headers.
"""

import asyncio
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

import pytest
from playwright.sync_api import Page

from catalog.duties.actors import STAFF_ROLES, Role
from handoff.console.door import HOME
from handoff.console.inbox import drawing
from handoff.console.stream import Stream
from handoff.staff.permissions import ALLOWED, Act
from tests.browser.chromium import chromium
from tests.handoff.console.ears import Ear, no_end
from tests.handoff.console.full_shop import CONTACTS, PUBLIC_URL, SIGNS, Front, Seat, full_shop

MOST_PAGES = 400
_ADDRESSES = re.compile(r'(?:href|src|hx-get|action|poster)="([^"]*)"')
# Where a browser starts looking; everything else is found from there.
STARTS = (
    "", "/inbox?list=all", "/items", "/cases", "/orders", "/consignments", "/credit", "/payouts",
    "/approvals", "/captures", "/tray", "/tray?list=aside", "/station?code=W-99001", "/stations",
    "/shotlists",
    "/partners", "/staff", "/keys", "/me", "/words",
    "/shifts", "/hours", "/policy", "/audit", "/reports", "/storage", "/line", "/items/new?q=x",
    "/items/import", "/shares?list=all",
    "/sale", "/items/W-99002/police",
    "/breaches", "/items/W-99001",
    "/media?q=W-99001", "/media?q=%E5%8D%B0",
    "/search?q=%E5%8D%B0", "/search?q=090-8765-4321", "/search?q=evil",
)  # fmt: skip
ELEMENT_FINDER = """
html => {
  const seen = new DOMParser().parseFromString(html, "text/html");
  const wrong = [], strange =
    /^(evil-el|iframe|object|embed|base|style|svg|math|template|noscript|frame|link)$/;
  for (const each of seen.querySelectorAll("*")) {
    const name = each.localName;
    const is_ours = /^\\/console\\//.test(each.getAttribute("href") || "");
    const is_drawing = name === "svg" && each.closest("svg.chart, svg.pins") !== null;
    if (strange.test(name) && !is_drawing && !(name === "link" && is_ours))
      wrong.push("<" + name + ">");
    if (name === "script" && !/^\\/console\\/static\\//.test(each.getAttribute("src") || ""))
      wrong.push("a script " + each.textContent.slice(0, 60));
    if (name === "meta" && each.hasAttribute("http-equiv")) wrong.push("meta http-equiv");
    for (const held of each.attributes) {
      const attribute = held.name, value = held.value.replace(/[\\s\\0]/g, "").toLowerCase();
      if (/^(on|evil)|^style$|^srcdoc$|^hx-on/.test(attribute)) wrong.push(name + " " + attribute);
      if (/^(href|src|action|formaction|poster|hx-get|hx-post|data)$/.test(attribute)
          && !/^(\\/|#|\\?|$)/.test(value))
        wrong.push(name + " " + attribute + "=" + value.slice(0, 60));
      if (/^(href|src|action|formaction|poster)$/.test(attribute) && /^\\/\\//.test(value))
        wrong.push(name + " leads away: " + value.slice(0, 60));
    }
  }
  const text = seen.documentElement.textContent
    + [...seen.querySelectorAll("*")].flatMap(e => [...e.attributes].map(a => a.value)).join("\\n");
  return [wrong, text];
}
"""


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    folder: Path = tmp_path_factory.mktemp("markup")
    with full_shop("sqlite", folder) as shop, shop.opened() as front:
        yield front


@pytest.fixture(scope="module")
def browser() -> Iterator[Page]:
    with chromium() as opened:
        page = opened.new_page()
        page.set_content("<p>here</p>")
        yield page


def walked(seat: Seat) -> dict[str, Any]:
    """Every page of the console that can be come to, by its address; and what forms answer."""
    found: dict[str, Any] = {}
    ahead = [HOME + each for each in STARTS]
    while ahead and len(found) < MOST_PAGES:
        address = ahead.pop(0)
        if address in found or "/stream" in address or "/static/" in address:
            continue
        answer = found[address] = seat.get(address)
        if not answer.headers.get("content-type", "").startswith("text/html"):
            continue
        for told in _ADDRESSES.findall(answer.text):
            place = urlsplit(urljoin(f"{PUBLIC_URL}{address}", unescape(told)))
            if place.netloc == urlsplit(PUBLIC_URL).netloc and place.path.startswith(HOME):
                ahead.append(place.path + (f"?{place.query}" if place.query else ""))
    return found


def pages(found: dict[str, Any]) -> dict[str, Any]:
    return {
        address: each
        for address, each in found.items()
        if each.headers.get("content-type", "").startswith("text/html")
        and "/duties/papers/" not in address  # a printed paper has its own sheet of style
    }


@pytest.fixture(scope="module")
def seen(front: Front) -> dict[str, Any]:
    found = pages(walked(front.at_desk(Role.OWNER)))
    assert len(found) > 150
    return found


def test_no_element_and_no_attribute_comes_from_what_people_wrote(
    seen: dict[str, Any], browser: Page
) -> None:
    told = ""
    for address, answer in seen.items():
        wrong, text = browser.evaluate(ELEMENT_FINDER, answer.text)
        assert wrong == [], address
        told += text
    shown = set(re.findall(r"印(.+?)印", told))
    assert shown >= {
        "family", "given", "kana", "kana2", "message", "title", "serial", "notes", "accessories",
        "brand", "case title", "label", "macro", "note", "draft", "step", "reason", "firm", "web",
        "file name", "sticker", "file",
        "purpose", "leak",
    }, shown  # fmt: skip
    assert SIGNS in told


def test_what_is_refused_repeats_nothing_as_markup(front: Front, browser: Page) -> None:
    """What was typed stands in the answer again: in fields, in sentences, in addresses."""
    owner = front.at_desk(Role.OWNER)
    evil = "印typed印'\"><evil-el evil-attr=1><script>window.hit=1</script>{{7*7}}" + SIGNS
    case = front.one("SELECT case_no FROM buyback_case LIMIT 1")
    typed = (
        "audience most name email slack role title code price reason units until"
        " shortcut text-ja d0 spans note"
        " brands capacity serial model subject actor verb who password again holder words list"
        " authority number items customer reference report_no"
        " what purpose occupation origin terms"
    )
    fields = dict.fromkeys(typed.split(), evil)
    fields |= {"key": "k", "of": "SlackTerms", "desk.slack_prefix": evil, "category": "watch"}
    asked = (
        "/staff/add", "/items/new", "/items/W-99001/words", "/items/W-99001/price",
        "/items/W-99001/hold", "/words/reply", "/words/macro", "/words/label", "/partners/enter",
        "/partners/grant", "/hours/week", "/hours/day", "/shifts/week", "/shifts/days",
        "/shifts/profile", "/policy/preview", "/policy/settle", "/audit/verify", "/sign-in",
        "/storage/hold", "/storage/delete", "/storage/answer", "/storage/lift",
        "/items/W-10234/share",
        "/tray/assign", "/stations/open", "/stations/close", "/line/check",
        f"/cases/{case}/appraise", "/credit/C-10001/goodwill",
        "/customers/step", "/sale", "/items/W-99002/police/suspect",
        "/items/W-99002/police/order", f"/cases/{case}/refer/1",
        "/breaches/note", "/duties/suspect", "/duties/diligence",
    )  # fmt: skip
    me = owner.staff
    partner = front.one("SELECT id FROM partner LIMIT 1")
    for path in asked:
        more = {"p": str(me), "id": partner if "partners" in path else evil}
        answer = owner.post(HOME + path, {**fields, **more})
        assert answer.status_code < 500, path
        if answer.headers.get("content-type", "").startswith("text/html"):
            wrong, _ = browser.evaluate(ELEMENT_FINDER, answer.text)
            assert wrong == [], path
    for path in (
        "/search?q=",
        "/items?q=",
        "/audit?subject=",
        "/sign-in?back=",
        "/credit?q=",
        "/welcome?t=",
        "/inbox?c=",
        "/items/",
        "/cases/",
        "/nowhere/",
        "/items/new?q=",
        "/shares?code=",
        "/shares?mark=",
        "/talk?c=",
    ):
        told = {"referer": f"{PUBLIC_URL}{HOME}/x'\"><evil-el>"}
        answer = owner.client.get(HOME + path + quote(evil), headers=told)
        wrong, _ = browser.evaluate(ELEMENT_FINDER, answer.text)
        assert wrong == [], path


def test_the_stream_draws_every_line_as_safely(front: Front, browser: Page) -> None:
    talks = front.column("SELECT id FROM thread")

    async def told() -> str:
        stream = Stream(front.shop.units, drawing(front.shop.office), no_end)
        heard, ear = "", Ear()
        await ear.at(stream, 0)
        while "event: live" not in heard:
            heard += await ear.next()
        stream.close()
        return heard

    with ThreadPoolExecutor(1) as beside:  # the browser's own loop runs here
        heard = beside.submit(lambda: asyncio.run(told())).result()
    lines = re.sub(r"^data: ?", "", heard, flags=re.MULTILINE)
    assert len(talks) >= 3
    assert "印family印" in unescape(lines)
    wrong, _ = browser.evaluate(ELEMENT_FINDER, lines)
    assert wrong == []
    for line in heard.splitlines():
        assert re.match(r"(data:|id:|event:|retry:|: |$)", line), line[:80]


def test_every_answer_has_its_headers(front: Front, seen: dict[str, Any]) -> None:
    for address, answer in seen.items():
        _is_shut(address, answer)
    stranger = front.stranger()
    for path in ("/sign-in", "/welcome?t=x", "/nowhere", "/items", "/payouts/x"):
        _is_shut(path, stranger.get(HOME + path, follow_redirects=False))


def _is_shut(address: str, answer: Any) -> None:
    headers = answer.headers
    assert headers["cache-control"] == "private, no-store", address
    assert headers["x-content-type-options"] == "nosniff", address
    assert headers["x-frame-options"] == "DENY", address
    assert headers["referrer-policy"] in ("same-origin", "no-referrer"), address
    rules = [each.split() for each in headers["content-security-policy"].split(";")]
    policy = {each[0]: each[1:] for each in rules if each}
    assert policy["default-src"] == ["'none'"], address
    assert policy["script-src"] == ["'self'"], address
    assert policy["style-src"] == ["'self'"], address
    assert policy["base-uri"] == policy["frame-ancestors"] == ["'none'"], address
    assert policy["form-action"] == ["'self'"], address
    for sources in policy.values():
        assert set(sources) <= {"'none'", "'self'", "blob:"}, address


@pytest.mark.parametrize("role", STAFF_ROLES)
def test_whoever_may_not_see_contacts_finds_none_in_any_byte(front: Front, role: Role) -> None:
    found = walked(front.at_desk(role))
    plain = {
        address: unescape(each.content.decode("utf-8", "replace"))
        for address, each in found.items()
    }
    if Act.SEE_CONTACT in ALLOWED[role]:
        assert any("090-8765-4321" in text for text in plain.values())
        return
    leaks = [
        (address, contact)
        for address, text in plain.items()
        for contact in (*CONTACTS, "090-8765", "9087654", "８７６５")
        if contact in text and not _is_asked(address)
    ]
    assert leaks == []
    assert any("***" in text for text in plain.values()), "what is there is told to be there"


def _is_asked(address: str) -> bool:
    """A page of what somebody looked for repeats their own words."""
    return address.startswith((f"{HOME}/search?q=090", f"{HOME}/media?q=090"))


def test_what_customers_send_is_looked_at_and_never_run(front: Front) -> None:
    """A picture is shown by what it is; anything else is only kept, and nothing in it is run."""
    adviser, remote = front.at_desk(Role.ADVISER), front.at_desk(Role.REMOTE)
    image = front.one("SELECT id FROM received_file WHERE kind = 'image' AND state = 'stored'")
    paper = front.one("SELECT id FROM received_file WHERE kind = 'file' AND state = 'stored'")
    shown = adviser.get(f"{HOME}/files/{image}")
    assert (shown.status_code, shown.headers["content-type"]) == (200, "image/jpeg")
    assert shown.content.startswith(b"\xff\xd8\xff")
    kept = adviser.get(f"{HOME}/files/{paper}")
    assert kept.headers["content-type"] == "application/octet-stream"
    assert kept.headers["content-disposition"] == "attachment"
    for answer in (shown, kept):
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("default-src 'none';")
        assert policy.endswith("; sandbox")
        assert answer.headers["x-content-type-options"] == "nosniff"
    assert remote.get(f"{HOME}/files/{image}").status_code == 200
    assert remote.get(f"{HOME}/files/{paper}").status_code == 403, "nothing is kept at home (R-142)"
    assert front.at_desk(Role.AUDITOR).get(f"{HOME}/files/{image}").status_code == 403
    assert front.stranger().get(f"{HOME}/files/{image}", follow_redirects=False).status_code == 303
    talk = front.one("SELECT conversation FROM received_file WHERE id = :id", id=image)
    page = adviser.get(f"{HOME}/talk?c={talk}").text
    assert f'src="/console/files/{image}"' in page
    assert f'href="/console/files/{paper}"' not in remote.get(f"{HOME}/talk?c={talk}").text
