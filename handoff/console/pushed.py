"""What a browser is told while nobody looks (通知の文面): a sentence by its kind, the place a click
opens, and what a later one replaces. No name, no words, nothing of a customer.

Read by `js/worker.js`.
"""

import orjson

from handoff.console.pages import LANGUAGES, text
from handoff.staff.push.actions import News


def message(news: News, lang: str, *, key: str) -> bytes:
    """As JSON. `key` tells one telling from another: the same again makes no second sound."""
    chosen = lang if lang in LANGUAGES else LANGUAGES[0]
    words = text("_pushed", chosen, {"news": news}).strip()
    title, _, body = words.partition("\n")
    return orjson.dumps(
        {
            "title": title.strip(), "body": body.strip(), "tag": news.about, "path": news.path,
            "key": key, "lang": chosen,
        }
    )  # fmt: skip
