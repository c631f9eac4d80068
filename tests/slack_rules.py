"""Slack's published rules, written down a second time and apart from the product's checker: Block
Kit, views, the arguments of a call, the answers to a delivery.

Shapes come from slack_sdk's own models (what they cannot hold, or would silently leave out, is
refused) and from Slack's reference, whose limits are held by the way Slack counts: in UTF-16 code
units. Where the reference gives two numbers for one thing, the smaller is held.
"""

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date, time
from typing import Any

_LINK = re.compile(r"<(?:https?://[!-;=?-~]+)(?:\|[^<>]+)?>")
_TS = re.compile(r"\d{10}\.\d{6}")
_EVENT_TYPE = re.compile(r"[a-z0-9_.:-]{1,100}")
_PLAIN, _MRKDWN = ("plain_text",), ("mrkdwn",)
_EITHER = (*_PLAIN, *_MRKDWN)
_TEXT_KEYS = {"plain_text": {"type", "text", "emoji"}, "mrkdwn": {"type", "text", "verbatim"}}
_ONLY_IN_WINDOWS = frozenset({"file_input"})
LONGEST_VIEW = 250_000  # bytes of JSON, `view_too_large`


def problems(told: dict[str, Any], called: Iterable[str] = ()) -> list[str]:
    """What Slack would say is wrong with the blocks of a `chat.postMessage`, in its words; and
    where something is a mention that is none of these people's.
    """
    blocks = told.get("blocks")
    for user in called:
        blocks = json.loads(json.dumps(blocks).replace(f"<@{user}>", f"@{user}"))
    if not isinstance(blocks, list) or not 1 <= len(blocks) <= 50:
        return ["no more than 50 items allowed [json-pointer:/blocks]"]
    found = [
        f"{why} [json-pointer:/blocks/{n}{at}]"
        for n, block in enumerate(blocks)
        for at, why in _block(block)
    ]
    return [*found, *_twice(blocks, "/blocks"), *_out_of_place(blocks)]


def call_problems(told: Mapping[str, Any], called: Iterable[str] = ()) -> list[str]:
    """What is wrong with the arguments of a post beside its blocks; and where its words, which go
    into notices, mean more than their letters.
    """
    found = []
    for name in ("unfurl_links", "unfurl_media", "reply_broadcast"):
        if name in told and not isinstance(told[name], bool):
            found.append(f"{name} must be a boolean")
    found += words_problems(told.get("text"), "text", called)
    for name in ("thread_ts", "ts"):
        if name in told and not (isinstance(told[name], str) and _TS.fullmatch(told[name])):
            found.append(f"{name} is no time stamp of a message")
    if told.get("reply_broadcast") and "thread_ts" not in told:
        found.append("reply_broadcast needs a thread_ts")
    about = told.get("metadata")
    if about is not None and not _is_metadata(about):
        found.append("metadata_must_be_sane")
    return found


def words_problems(words: Any, at: str, called: Iterable[str] = ()) -> list[str]:
    """What is wrong with words Slack reads marks in."""
    if not isinstance(words, str):
        return [f"{at} must be a string"]
    bare = _LINK.sub("", words)
    for user in called:
        bare = bare.replace(f"<@{user}>", "")
    return [f"{at} is not escaped"] if "<" in bare or ">" in bare else []


def _is_metadata(told: Any) -> bool:
    return (
        isinstance(told, dict)
        and told.keys() == {"event_type", "event_payload"}
        and isinstance(told["event_type"], str)
        and _EVENT_TYPE.fullmatch(told["event_type"]) is not None
        and isinstance(told["event_payload"], dict)
        and len(json.dumps(told)) <= 8_000
    )


def answer_problems(delivery: Mapping[str, Any], status: int, body: str) -> list[str]:
    """What Slack would tell the person is wrong with what a delivery was answered."""
    if status != 200:
        return []  # it is delivered again
    if "command" in delivery:
        return _command_answer(body)
    if delivery.get("type") == "view_submission":
        return _window_answer(delivery["view"], body)
    return [f"an answer nobody asked for: {body[:80]}"] if body.strip() else []


def _command_answer(body: str) -> list[str]:
    if not body:
        return []
    told = json.loads(body)
    known = {"response_type", "text", "blocks", "unfurl_links", "unfurl_media"}
    found = [f"unknown field: {each}" for each in sorted(told.keys() - known)]
    if told.get("response_type") not in ("ephemeral", "in_channel"):
        found.append("response_type must be ephemeral or in_channel")
    if not told.get("text") or size_of(told["text"]) > 4_000:
        found.append("no_text")
    return [*found, *problems(told)]


def _window_answer(view: Mapping[str, Any], body: str) -> list[str]:
    if not body:
        return []
    told = json.loads(body)
    if told.get("response_action") != "errors" or told.keys() != {"response_action", "errors"}:
        return ["an answer this shop has no use for"]
    fields = {each["block_id"] for each in view["blocks"] if each["type"] == "input"}
    found = [f"{each} is no field of the window" for each in told["errors"].keys() - fields]
    if not told["errors"] or not all(isinstance(e, str) and e for e in told["errors"].values()):
        found.append("an error without words")
    return found


def view_problems(view: Any, kind: str) -> list[str]:
    """What Slack would say is wrong with a window or the app's own page."""
    if not isinstance(view, dict) or view.get("type") != kind:
        return [f"must be a {kind} [json-pointer:/view/type]"]
    known = {"type", "blocks", "private_metadata", "callback_id"}
    known |= {"title", "submit", "close"} if kind == "modal" else set()
    found = [f"unknown field: {each}" for each in sorted(view.keys() - known)]
    for name in ("title", "submit", "close"):
        if name in view:
            found += [f"{why} [json-pointer:/view{at}]"
                      for at, why in _text(view[name], f"/{name}", 24, _PLAIN)]  # fmt: skip
    if kind == "modal" and "title" not in view:
        found.append("missing required field: title")
    for name, most in (("private_metadata", 3_000), ("callback_id", 255)):
        if not isinstance(view.get(name, ""), str) or size_of(view.get(name, "")) > most:
            found.append(f"must be at most {most} characters [json-pointer:/view/{name}]")
    if len(json.dumps(view, ensure_ascii=False).encode()) > LONGEST_VIEW:
        found.append("view_too_large")
    blocks = view.get("blocks")
    if not isinstance(blocks, list) or not 1 <= len(blocks) <= 100:
        return [*found, "no more than 100 items allowed [json-pointer:/view/blocks]"]
    found += [
        f"{why} [json-pointer:/view/blocks/{n}{at}]"
        for n, block in enumerate(blocks)
        for at, why in _block(block)
    ]
    has_input = any(block.get("type") == "input" for block in blocks)
    if has_input and "submit" not in view:
        found.append("missing required field: submit, for there is an input")
    if sum(_walk(block, "focus_on_load") for block in blocks) > 1:
        found.append("only one element can have focus_on_load")
    return [*found, *_twice(blocks, "/view/blocks")]


def _twice(blocks: Any, at: str) -> list[str]:
    """Names that are given twice: of blocks, of actions within a block."""
    found = []
    names = [block["block_id"] for block in blocks if "block_id" in block]
    if len(names) != len(set(names)):
        found.append(f"block_id must be unique [json-pointer:{at}]")
    if not all(isinstance(each, str) and 1 <= size_of(each) <= 255 for each in names):
        found.append(f"block_id must be 1 to 255 characters [json-pointer:{at}]")
    for n, block in enumerate(blocks):
        inside = [*block.get("elements", []), block.get("accessory", {}), block.get("element", {})]
        acts = [each["action_id"] for each in inside if "action_id" in each]
        if len(acts) != len(set(acts)):
            found.append(f"action_id must be unique [json-pointer:{at}/{n}]")
    return found


def _out_of_place(blocks: Any) -> list[str]:
    return [
        f"not in a message [json-pointer:/blocks/{n}/element]"
        for n, block in enumerate(blocks)
        if block.get("element", {}).get("type") in _ONLY_IN_WINDOWS
    ]


def _walk(value: Any, name: str) -> int:
    """How often that is true anywhere inside."""
    if isinstance(value, dict):
        return int(value.get(name) is True) + sum(_walk(each, name) for each in value.values())
    return sum(_walk(each, name) for each in value) if isinstance(value, list) else 0


def size_of(blocks: Any) -> int:
    """Characters over all blocks, as far as anybody outside Slack knows how it counts."""
    match blocks:
        case str():
            return len(blocks.encode("utf-16-le")) // 2
        case dict():
            return sum(map(size_of, blocks.values()))
        case list():
            return sum(map(size_of, blocks))
        case _:
            return 0


def _block(block: Any) -> Iterator[tuple[str, str]]:
    from slack_sdk.errors import SlackObjectFormationError
    from slack_sdk.models.blocks import Block

    held = Block.parse(block) if isinstance(block, dict) else None
    if held is None:
        yield "/type", "unsupported type"
        return
    try:
        held.validate_json()
        back = held.to_dict()
    except SlackObjectFormationError as wrong:
        yield "", str(wrong)
        return
    yield from _lost(block, back, "")
    yield from _more(block)


def _lost(given: Any, back: Any, at: str) -> Iterator[tuple[str, str]]:
    if isinstance(given, dict):
        for key, value in given.items():
            if not isinstance(back, dict) or key not in back:
                yield f"{at}/{key}", "invalid additional property"
            else:
                yield from _lost(value, back[key], f"{at}/{key}")
    elif isinstance(given, list):
        if not isinstance(back, list) or len(back) != len(given):
            yield at, "does not fit"
            return
        for n, value in enumerate(given):
            yield from _lost(value, back[n], f"{at}/{n}")
    elif given != back:
        yield at, "does not fit"


def _more(block: dict[str, Any]) -> Iterator[tuple[str, str]]:
    match block["type"]:
        case "section":
            yield from _section(block)
        case "header":
            yield from _text(block["text"], "/text", 150, _PLAIN)
        case "input":
            yield from _input(block)
        case "image":
            yield from _picture(block)
            if "title" in block:
                yield from _text(block["title"], "/title", 2_000, _PLAIN)
        case "context":
            if not 1 <= len(block["elements"]) <= 10:
                yield "/elements", "no more than 10 items allowed"
            for n, text in enumerate(block["elements"]):
                if text.get("type") == "image":
                    yield from _picture(text)
                else:
                    yield from _text(text, f"/elements/{n}", 2_000, _EITHER)
        case "actions":
            if not 1 <= len(block["elements"]) <= 25:
                yield "/elements", "no more than 25 items allowed"
            for n, button in enumerate(block["elements"]):
                yield from _button(button, f"/elements/{n}")
        case "divider":
            pass
        case _:
            yield "/type", "not a block this shop sends"


def _section(block: dict[str, Any]) -> Iterator[tuple[str, str]]:
    if "text" not in block and "fields" not in block:
        yield "", "must have text or fields"
    if "text" in block:
        yield from _text(block["text"], "/text", 3_000, _EITHER)
    if "fields" in block and not 1 <= len(block["fields"]) <= 10:
        yield "/fields", "no more than 10 items allowed"
    for n, text in enumerate(block.get("fields", [])):
        yield from _text(text, f"/fields/{n}", 2_000, _EITHER)
    beside = block.get("accessory")
    if beside is None:
        return
    if beside.get("type") == "button":
        yield from _button(beside, "/accessory")
    elif beside.get("type") == "image":
        yield from _picture(beside)
    else:
        yield "/accessory", "not an element this shop sends"


def _text(
    told: Any, at: str, most: int, kinds: Collection[str], *, least: int = 1
) -> Iterator[tuple[str, str]]:
    """A text object."""
    if not isinstance(told, dict) or told.get("type") not in kinds:
        yield f"{at}/type", f"must be one of {', '.join(kinds)}"
        return
    for stranger in told.keys() - _TEXT_KEYS[told["type"]]:
        yield f"{at}/{stranger}", "invalid additional property"
    words = told.get("text")
    if not isinstance(words, str):
        yield f"{at}/text", "must be a string"
        return
    if size_of(words) < least or not words.strip():
        yield f"{at}/text", "must be more than 0 characters"
    if size_of(words) > most:
        yield f"{at}/text", f"must be less than {most + 1} characters"
    if "\x00" in words:
        yield f"{at}/text", "holds a NUL"
    bare = _LINK.sub("", words)
    if told["type"] == "mrkdwn" and ("<" in bare or ">" in bare):
        yield f"{at}/text", "holds something that is no link of ours and not escaped"


def _button(button: dict[str, Any], at: str) -> Iterator[tuple[str, str]]:
    if button.get("type") != "button":
        yield f"{at}/type", "not an element this shop sends"
        return
    known = {"type", "text", "action_id", "url", "value", "style", "confirm", "accessibility_label"}
    for stranger in button.keys() - known:
        yield f"{at}/{stranger}", "invalid additional property"
    yield from _text(button.get("text"), f"{at}/text", 75, _PLAIN)
    if size_of(button.get("value", "")) > 2_000:
        yield f"{at}/value", "must be less than 2001 characters"
    if "url" in button:
        yield from _address(button["url"], f"{at}/url", ("http://", "https://"))
    if not 1 <= size_of(button.get("action_id", "")) <= 255:
        yield f"{at}/action_id", "must be 1 to 255 characters"
    if button.get("style", "primary") not in ("primary", "danger"):
        yield f"{at}/style", "must be primary or danger"
    if "confirm" in button:
        yield from _confirm(button["confirm"], f"{at}/confirm")


def _confirm(asked: dict[str, Any], at: str) -> Iterator[tuple[str, str]]:
    for stranger in asked.keys() - {"title", "text", "confirm", "deny", "style"}:
        yield f"{at}/{stranger}", "invalid additional property"
    for name, most, kinds in (
        ("title", 100, _PLAIN), ("text", 300, _EITHER), ("confirm", 30, _PLAIN),
        ("deny", 30, _PLAIN),
    ):  # fmt: skip
        yield from _text(asked.get(name), f"{at}/{name}", most, kinds)


def _input(block: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for stranger in block.keys() - {"type", "block_id", "label", "element", "hint", "optional",
                                    "dispatch_action"}:  # fmt: skip
        yield f"/{stranger}", "invalid additional property"
    yield from _text(block.get("label"), "/label", 2_000, _PLAIN)
    if "hint" in block:
        yield from _text(block["hint"], "/hint", 2_000, _PLAIN)
    if not isinstance(block.get("optional", False), bool):
        yield "/optional", "must be a boolean"
    element = block["element"]
    if not 1 <= size_of(element.get("action_id", "")) <= 255:
        yield "/element/action_id", "must be 1 to 255 characters"
    if "placeholder" in element:
        yield from _text(element["placeholder"], "/element/placeholder", 150, _PLAIN)
    match element["type"]:
        case "plain_text_input":
            yield from _written(element)
        case "radio_buttons":
            yield from _choices(element)
        case "file_input":
            most = element.get("max_files", 10)
            if type(most) is not int or not 1 <= most <= 10:
                yield "/element/max_files", "must be 1 to 10"
            endings = element.get("filetypes", ["jpg"])
            if not endings or not all(re.fullmatch(r"[a-z0-9]+", each) for each in endings):
                yield "/element/filetypes", "must be endings of file names"
        case "datepicker" | "timepicker":
            yield from _moment(element)
        case _:
            yield "/element/type", "unsupported type"


def _moment(element: dict[str, Any]) -> Iterator[tuple[str, str]]:
    try:
        date.fromisoformat(element.get("initial_date", "2026-01-01"))
        time.fromisoformat(element.get("initial_time", "10:00"))
    except ValueError:
        yield "/element", "begins with no day or time"


def _written(element: dict[str, Any]) -> Iterator[tuple[str, str]]:
    least, most = element.get("min_length", 0), element.get("max_length", 3_000)
    if type(least) is not int or type(most) is not int or not 0 <= least <= most <= 3_000:
        yield "/element/max_length", "must be at most 3000"
    if size_of(element.get("initial_value", "")) > most:
        yield "/element/initial_value", "is longer than may be written"


def _choices(element: dict[str, Any]) -> Iterator[tuple[str, str]]:
    options = element["options"]
    if not 1 <= len(options) <= 10:
        yield "/element/options", "no more than 10 items allowed"
    for n, option in enumerate(options):
        for stranger in option.keys() - {"text", "value", "description"}:
            yield f"/element/options/{n}/{stranger}", "invalid additional property"
        yield from _text(option.get("text"), f"/element/options/{n}/text", 75, _EITHER)
        if not isinstance(option.get("value"), str) or not 1 <= size_of(option["value"]) <= 75:
            yield f"/element/options/{n}/value", "must be 1 to 75 characters"
    values = [each.get("value") for each in options]
    if len(values) != len(set(values)):
        yield "/element/options", "every option needs a value of its own"
    if element.get("initial_option", options[0]) not in options:
        yield "/element/initial_option", "is none of the options"


def _picture(block: dict[str, Any]) -> Iterator[tuple[str, str]]:
    yield from _address(block.get("image_url"), "/image_url", ("https://",))
    if not 1 <= size_of(block.get("alt_text") or "") <= 2_000:
        yield "/alt_text", "must be 1 to 2000 characters"


def _address(told: Any, at: str, schemes: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    if not isinstance(told, str) or not told.startswith(schemes) or not told.isascii():
        yield at, "must be a valid public URL"
    elif len(told) > 3_000 or any(each.isspace() for each in told):
        yield at, "must be less than 3001 characters, without blanks"
