"""What a member of staff sees in a real Chromium: how soon the inbox stands there with nothing
cached, and how soon it shows what a customer wrote, in one process and across two.

Everything runs on this machine: the browser takes its share of the same cores.
"""

import contextlib
import socket
import time
from collections.abc import Iterator
from http.client import HTTPResponse
from urllib.parse import quote

from playwright.sync_api import Browser, Page

from bench.bodies import Crowd, request
from bench.chromium import executable, launched
from bench.consoles import signed_in
from bench.intake import postgres
from bench.path import seeded
from bench.result import Result, middle, percentile, within
from bench.setting import Setting
from bench.shop import Shop, codes, open_shop, seed
from bench.stand_in import standing_in

LCP_MS, ONE_PROCESS_MS, ACROSS_MS = 1_000.0, 100.0, 250.0
PEOPLE, MESSAGES, EVERY_SECONDS, PATIENCE_SECONDS = 40, 120, 0.3, 20.0

_WATCH_PAINT = """
window.painted = 0;
new PerformanceObserver((list) => {
  for (const each of list.getEntries()) window.painted = each.startTime;
}).observe({ type: "largest-contentful-paint", buffered: true });
"""
# When each line of the list first told of something new, and each thing heard first stood there:
# milliseconds since 1970.
_WATCH_NEWS = """() => {
  window.seen = {};
  const lines = () => document.querySelectorAll(".line[data-at]:not([hidden], .coming)");
  const before = new Map([...lines()].map((each) => [each.id, each.dataset.at]));
  new MutationObserver(() => {
    const now = performance.timeOrigin + performance.now();
    for (const each of document.querySelectorAll(".entry.heard .words")) {
      window.seen[each.textContent.trim()] ??= now;
    }
    for (const each of lines()) {
      if (before.get(each.id) !== each.dataset.at) window.seen[each.dataset.conversation] ??= now;
    }
  }).observe(document.body, { childList: true, subtree: true, attributes: true });
}"""


def run(setting: Setting) -> list[Result]:
    """SQLite in one process, then two web processes and a worker on PostgreSQL."""
    found = executable()
    if found is None:
        raise RuntimeError("no Chromium on this machine; name one in $CHROMIUM")
    results: list[Result] = []
    with standing_in(setting.folder) as line, launched(found) as browser:
        shop = seeded(setting).copy(setting.place("screen"), line.base)
        cookie = signed_in(shop)
        with shop.running() as server:
            results += _shown(setting, browser, cookie, server.port, server.port, ONE_PROCESS_MS)
            results.append(_paint(setting, browser, cookie, server.port))
        with contextlib.suppress(ImportError), _two(setting, line.base) as (cookie, near, far):
            results += _shown(setting, browser, cookie, near, far, ACROSS_MS)
    return results


@contextlib.contextmanager
def _two(setting: Setting, line_base: str) -> Iterator[tuple[str, int, int]]:
    """A session and the ports of two web processes of one shop."""
    with postgres(setting.place("screen-postgres")) as (url, _):
        shop: Shop = open_shop(setting.place("screen"), line_base, database_url=url)
        seed(shop, units=MESSAGES, people=PEOPLE)
        cookie = signed_in(shop)
        with shop.running("web") as near, shop.running("web") as far, shop.working():
            yield cookie, near.port, far.port


def _opened(browser: Browser, cookie: str, port: int, script: str = "") -> Page:
    """A browser that has never been here, before its first page."""
    context = browser.new_context(locale="ja-JP", viewport={"width": 1440, "height": 900})
    name, _, value = cookie.partition("=")
    context.add_cookies(
        [{"name": name, "value": value, "url": f"https://127.0.0.1:{port}/", "secure": True}]
    )
    page = context.new_page()
    if script:
        page.add_init_script(script)
    return page


def _paint(setting: Setting, browser: Browser, cookie: str, port: int) -> Result:
    took = []
    for _ in range(3 * setting.rounds):
        page = _opened(browser, cookie, port, _WATCH_PAINT)
        page.goto(f"http://127.0.0.1:{port}/console/inbox?list=all", wait_until="load")
        page.wait_for_function("() => window.painted > 0")
        page.wait_for_timeout(500)
        took.append(float(page.evaluate("window.painted")))
        page.context.close()
    return within(
        "R-162", f"inbox of {PEOPLE} conversations, nothing cached: LCP", middle(took), LCP_MS,
        unit="ms",
    )  # fmt: skip


def _shown(
    setting: Setting, browser: Browser, cookie: str, screen: int, hook: int, limit: float
) -> list[Result]:
    """One conversation is open; its person and others write in turn."""
    one = Crowd(setting.number(), 1, codes(MESSAGES))
    others = Crowd(setting.number(), PEOPLE, codes(MESSAGES))
    page = _opened(browser, cookie, screen)
    sent: dict[str, float] = {}
    for number in range(PEOPLE):  # so that every line stands there
        _deliver(hook, others, number)
    open_talk = quote(f"line:{one.user(0)}")
    address = f"http://127.0.0.1:{screen}/console/inbox?list=all&c={open_talk}"
    begun = time.monotonic()
    while page.goto(address).status != 200 or page.locator(".line").count() < PEOPLE:  # type: ignore[union-attr]  # it is no anchor
        if time.monotonic() - begun > PATIENCE_SECONDS:
            raise RuntimeError("the inbox does not show everybody")
        page.wait_for_timeout(500)
    page.wait_for_timeout(2_000)
    page.reload()
    page.wait_for_function("() => document.querySelector('#link-state')?.innerText === '最新'")
    page.evaluate(_WATCH_NEWS)
    for number in range(MESSAGES):
        if number % 2:
            key = f"line:{others.user(number)}"
            if key in sent or others.user(number) == one.user(0):
                continue
            sent[key] = 1_000 * time.time()
            _deliver(hook, others, PEOPLE + number)
        else:
            sent[one.text(number)] = 1_000 * time.time()
            _deliver(hook, one, number)
        page.wait_for_timeout(1_000 * EVERY_SECONDS)
    page.wait_for_timeout(1_000)
    seen: dict[str, float] = page.evaluate("window.seen")
    page.context.close()
    took = [seen[key] - at for key, at in sent.items() if key in seen]
    where = "in one process" if screen == hook else "across two processes"
    return [
        within("R-162", f"webhook → screen {where}, p95 of {len(sent)}", percentile(took, 95),
               limit, unit="ms"),
        within("R-162", f"not shown {where}", float(len(sent) - len(took)), 0.0, unit=""),
    ]  # fmt: skip


def _deliver(port: int, crowd: Crowd, number: int) -> None:
    with socket.create_connection(("127.0.0.1", port)) as to:
        to.sendall(request(crowd, number, at_ms=int(time.time() * 1_000)))
        answer = HTTPResponse(to)
        answer.begin()
        answer.read()
    if answer.status != 200:
        raise RuntimeError(f"the webhook answered {answer.status}")
