"""What LINE takes as Flex: bubbles, carousels and the components inside them.

Sizes are counted on the compact UTF-8 JSON and the kilobyte is taken as 1,000 bytes, the stricter
reading of "30 KB" and "50 KB". Every property is looked up in a table: one that is not there, LINE
would refuse. How our cards become Flex is in `render`.
"""

import re
from collections.abc import Callable
from typing import Any

import orjson

from bot.line.limits import (
    BUTTON_LABEL_MOST,
    LineWouldRefuse,
    need_action,
    need_known,
    need_list,
    need_object,
    need_url,
)

BUBBLE_BYTES_MOST = 30_000
CAROUSEL_BYTES_MOST = 50_000
CAROUSEL_BUBBLES_MOST = 12

Rule = Callable[[Any], bool]

_BUBBLE_KEYS = frozenset(
    {"type", "size", "direction", "header", "hero", "body", "footer", "styles", "action"}
)
_CAROUSEL_KEYS = frozenset({"type", "contents"})
_BLOCKS = ("header", "hero", "body", "footer")
_SIZES = frozenset({"nano", "micro", "deca", "hecto", "kilo", "mega", "giga"})
_DEFAULT_SIZE = "mega"
_FILM_SIZES = frozenset({"kilo", "mega", "giga"})
_IN_BOX = frozenset({"box", "button", "image", "text", "separator", "filler"})
_IN_BASELINE = frozenset({"icon", "text", "filler"})
_IN_HERO = frozenset({"box", "image", "video"})
_BOX_ONLY = frozenset({"box"})
_MANY = 1_000  # entries of one box; the size of the bubble is the real limit
_REMEMBERED = 64


def check_container(value: Any, at: str) -> None:
    """A bubble or a carousel. Raises LineWouldRefuse."""
    container = need_object(value, at)
    kind = container.get("type")
    if kind == "bubble":
        _bubble(container, at)
    elif kind == "carousel":
        _carousel(container, at)
    else:
        raise LineWouldRefuse(f"{at}.type", "must be bubble or carousel")


def json_bytes(value: Any) -> int:
    """Size of the compact JSON."""
    return len(orjson.dumps(value))


def _carousel(carousel: dict[str, Any], at: str) -> None:
    need_known(carousel, at, _CAROUSEL_KEYS)
    inner = f"{at}.contents"
    bubbles = need_list(carousel.get("contents"), inner, least=1, most=CAROUSEL_BUBBLES_MOST)
    sizes = set()
    for number, entry in enumerate(bubbles):
        bubble = need_object(entry, f"{inner}[{number}]")
        if bubble.get("type") != "bubble":
            raise LineWouldRefuse(f"{inner}[{number}].type", "must be bubble")
        _bubble(bubble, f"{inner}[{number}]", in_carousel=True)
        sizes.add(bubble.get("size", _DEFAULT_SIZE))
    if len(sizes) > 1:
        raise LineWouldRefuse(inner, "must be bubbles of one size")
    if json_bytes(carousel) > CAROUSEL_BYTES_MOST:
        raise LineWouldRefuse(at, f"must have at most {CAROUSEL_BYTES_MOST} bytes of JSON")


def _bubble(bubble: dict[str, Any], at: str, *, in_carousel: bool = False) -> None:
    need_known(bubble, at, _BUBBLE_KEYS)
    if json_bytes(bubble) > BUBBLE_BYTES_MOST:
        raise LineWouldRefuse(at, f"must have at most {BUBBLE_BYTES_MOST} bytes of JSON")
    size = bubble.get("size", _DEFAULT_SIZE)
    if not isinstance(size, str) or size not in _SIZES:
        raise LineWouldRefuse(f"{at}.size", "is not a known value")
    if bubble.get("direction", "ltr") not in ("ltr", "rtl"):
        raise LineWouldRefuse(f"{at}.direction", "must be ltr or rtl")
    if "action" in bubble:
        _optional_action(bubble["action"], f"{at}.action")
    if "styles" in bubble:
        _styles(bubble["styles"], f"{at}.styles")
    blocks = [name for name in _BLOCKS if name in bubble]
    if not blocks:
        raise LineWouldRefuse(at, "needs at least one block")
    for name in blocks:
        _component(bubble[name], f"{at}.{name}", _IN_HERO if name == "hero" else _BOX_ONLY)
    has_film = "hero" in bubble and bubble["hero"].get("type") == "video"
    if has_film and (in_carousel or "size" not in bubble or size not in _FILM_SIZES):
        raise LineWouldRefuse(f"{at}.hero", "a film needs a kilo, mega or giga bubble of its own")


def _styles(value: Any, at: str) -> None:
    styles = need_object(value, at)
    need_known(styles, at, frozenset(_BLOCKS))
    for name, entry in styles.items():
        _properties(need_object(entry, f"{at}.{name}"), f"{at}.{name}", _BLOCK_STYLE)


def _component(value: Any, at: str, allowed: frozenset[str]) -> None:
    component = need_object(value, at)
    kind = component.get("type")
    if not isinstance(kind, str) or kind not in allowed:
        raise LineWouldRefuse(f"{at}.type", "is not a component that may stand here")
    _properties(component, at, _COMPONENTS[kind])
    deeper = _DEEPER.get(kind)
    if deeper is not None:
        deeper(component, at)


def _properties(thing: dict[str, Any], at: str, rules: dict[str, Rule]) -> None:
    for key, value in thing.items():
        rule = rules.get(key)
        if rule is None:
            raise LineWouldRefuse(f"{at}.{key}", "is not a property of this object")
        if not rule(value):
            raise LineWouldRefuse(f"{at}.{key}", "is not a value LINE takes")


def _box(box: dict[str, Any], at: str) -> None:
    if "layout" not in box:
        raise LineWouldRefuse(f"{at}.layout", "must be horizontal, vertical or baseline")
    allowed = _IN_BASELINE if box["layout"] == "baseline" else _IN_BOX
    entries = need_list(box.get("contents"), f"{at}.contents", least=0, most=_MANY)
    for number, entry in enumerate(entries):
        _component(entry, f"{at}.contents[{number}]", allowed)
    if "action" in box:
        _optional_action(box["action"], f"{at}.action")
    if "background" in box:
        background = need_object(box["background"], f"{at}.background")
        _properties(background, f"{at}.background", _GRADIENT)
        if not {"type", "angle", "startColor", "endColor"} <= background.keys():
            raise LineWouldRefuse(f"{at}.background", "needs type, angle, startColor and endColor")


def _text(text: dict[str, Any], at: str) -> None:
    spans = need_list(text.get("contents", []), f"{at}.contents", least=0, most=_MANY)
    if not spans and not text.get("text"):
        raise LineWouldRefuse(f"{at}.text", "must not be empty")
    for number, entry in enumerate(spans):
        span = need_object(entry, f"{at}.contents[{number}]")
        if span.get("type") != "span":
            raise LineWouldRefuse(f"{at}.contents[{number}].type", "must be span")
        _properties(span, f"{at}.contents[{number}]", _COMPONENTS["span"])
    if "action" in text:
        _optional_action(text["action"], f"{at}.action")


def _button(button: dict[str, Any], at: str) -> None:
    need_action(button.get("action"), f"{at}.action", label_most=BUTTON_LABEL_MOST)


def _image(image: dict[str, Any], at: str) -> None:
    need_url(image.get("url"), f"{at}.url")
    if "action" in image:
        _optional_action(image["action"], f"{at}.action")


def _video(video: dict[str, Any], at: str) -> None:
    need_url(video.get("url"), f"{at}.url")
    need_url(video.get("previewUrl"), f"{at}.previewUrl")
    _component(video.get("altContent"), f"{at}.altContent", frozenset({"box", "image"}))
    if "action" in video:
        need_action(video["action"], f"{at}.action", label_most=BUTTON_LABEL_MOST)


def _optional_action(value: Any, at: str) -> None:
    need_action(value, at, label_most=BUTTON_LABEL_MOST, needs_label=False)


def _anything(_: Any) -> bool:
    return True  # looked at by the component's own function


def _words(value: Any) -> bool:
    return isinstance(value, str)


def _yes_no(value: Any) -> bool:
    return isinstance(value, bool)


def _count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _one_of(*values: str) -> Rule:
    known = frozenset(values)
    return lambda value: isinstance(value, str) and value in known


def _shaped(pattern: str) -> Rule:
    """A text of that shape. The few values our cards use are remembered, which halves the check."""
    match = re.compile(pattern).fullmatch
    met: set[str] = set()

    def holds(value: Any) -> bool:
        if not isinstance(value, str):
            return False
        if value in met:
            return True
        if match(value) is None:
            return False
        if len(met) < _REMEMBERED:
            met.add(value)
        return True

    return holds


def _ratio(value: Any) -> bool:
    found = (
        re.fullmatch(r"(\d+(?:\.\d+)?):(\d+(?:\.\d+)?)", value) if isinstance(value, str) else None
    )
    if found is None:
        return False
    width, height = float(found[1]), float(found[2])
    return 1 <= width <= 100_000 and 1 <= height <= 100_000 and height <= 3 * width


_PX = r"\d+(?:\.\d+)?px"
_PERCENT = r"\d+(?:\.\d+)?%"
_STEPS = "none|xs|sm|md|lg|xl|xxl"
_color = _shaped(r"#[0-9A-Fa-f]{6}(?:[0-9A-Fa-f]{2})?")
_space = _shaped(rf"{_STEPS}|{_PX}")
_offset = _shaped(rf"{_STEPS}|-?{_PX}|-?{_PERCENT}")
_padding = _shaped(rf"{_STEPS}|{_PX}|{_PERCENT}")
_length = _shaped(rf"{_PX}|{_PERCENT}")
_letter_size = _shaped(rf"xxs|xs|sm|md|lg|xl|xxl|3xl|4xl|5xl|{_PX}")
_image_size = _shaped(rf"xxs|xs|sm|md|lg|xl|xxl|3xl|4xl|5xl|full|{_PX}|{_PERCENT}")
_gravity = _one_of("top", "bottom", "center")
_align = _one_of("start", "end", "center")
_weight = _one_of("regular", "bold")
_slant = _one_of("normal", "italic")
_line = _one_of("none", "underline", "line-through")
_fit = _one_of("shrink-to-fit")
_placed: dict[str, Rule] = {
    "margin": _space,
    "position": _one_of("relative", "absolute"),
    "offsetTop": _offset,
    "offsetBottom": _offset,
    "offsetStart": _offset,
    "offsetEnd": _offset,
}
_BLOCK_STYLE: dict[str, Rule] = {
    "backgroundColor": _color,
    "separator": _yes_no,
    "separatorColor": _color,
}
_GRADIENT: dict[str, Rule] = {
    "type": _one_of("linearGradient"),
    "angle": _shaped(r"\d+(?:\.\d+)?deg"),
    "startColor": _color,
    "endColor": _color,
    "centerColor": _color,
    "centerPosition": _shaped(_PERCENT),
}
_COMPONENTS: dict[str, dict[str, Rule]] = {
    "box": {
        "type": _words,
        "layout": _one_of("horizontal", "vertical", "baseline"),
        "contents": _anything,
        "action": _anything,
        "background": _anything,
        "flex": _count,
        "spacing": _space,
        "backgroundColor": _color,
        "borderColor": _color,
        "borderWidth": _shaped(rf"none|light|normal|medium|semi-bold|bold|{_PX}"),
        "cornerRadius": _space,
        "width": _length,
        "maxWidth": _length,
        "height": _length,
        "maxHeight": _length,
        "paddingAll": _padding,
        "paddingTop": _padding,
        "paddingBottom": _padding,
        "paddingStart": _padding,
        "paddingEnd": _padding,
        "justifyContent": _one_of(
            "center", "flex-start", "flex-end", "space-between", "space-around", "space-evenly"
        ),
        "alignItems": _one_of("center", "flex-start", "flex-end"),
        **_placed,
    },
    "text": {
        "type": _words,
        "text": _words,
        "contents": _anything,
        "action": _anything,
        "flex": _count,
        "size": _letter_size,
        "align": _align,
        "gravity": _gravity,
        "color": _color,
        "weight": _weight,
        "style": _slant,
        "decoration": _line,
        "wrap": _yes_no,
        "lineSpacing": _shaped(_PX),
        "maxLines": _count,
        "adjustMode": _fit,
        "scaling": _yes_no,
        **_placed,
    },
    "span": {
        "type": _words,
        "text": _words,
        "size": _letter_size,
        "color": _color,
        "weight": _weight,
        "style": _slant,
        "decoration": _line,
    },
    "button": {
        "type": _words,
        "action": _anything,
        "flex": _count,
        "color": _color,
        "style": _one_of("primary", "secondary", "link"),
        "gravity": _gravity,
        "height": _one_of("md", "sm"),
        "adjustMode": _fit,
        "scaling": _yes_no,
        **_placed,
    },
    "image": {
        "type": _words,
        "url": _anything,
        "action": _anything,
        "flex": _count,
        "align": _align,
        "gravity": _gravity,
        "size": _image_size,
        "aspectRatio": _ratio,
        "aspectMode": _one_of("fit", "cover"),
        "backgroundColor": _color,
        "animated": _yes_no,
        **_placed,
    },
    "video": {
        "type": _words,
        "url": _anything,
        "previewUrl": _anything,
        "altContent": _anything,
        "action": _anything,
        "aspectRatio": _ratio,
    },
    "icon": {
        "type": _words,
        "url": _anything,
        "size": _letter_size,
        "aspectRatio": _ratio,
        "scaling": _yes_no,
        **_placed,
    },
    "separator": {"type": _words, "margin": _space, "color": _color},
    "filler": {"type": _words, "flex": _count},
}
_DEEPER: dict[str, Callable[[dict[str, Any], str], None]] = {
    "box": _box,
    "text": _text,
    "button": _button,
    "image": _image,
    "icon": _image,
    "video": _video,
}
