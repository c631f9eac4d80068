"""What the offline reading reaches on messages that nobody trained on, by the figures of the paper
on understanding. `messages/*.jsonl` was written by somebody who saw neither lines nor code.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from conversations.ports import Reading, Situation
from conversations.understanding.offline import read
from conversations.understanding.protocol import printed

FOLDER = Path(__file__).parent / "messages"
# Slots that are of use but told by no gold.
FREE = frozenset(
    {"category", "media", "via", "store", "deictic", "action", "query", "ordinal", "asap"}
)
_NOISY = frozenset({"kansai", "hiragana", "voice", "typo"})
Row = dict[str, Any]


def rows(name: str) -> list[Row]:
    """Every row of one of the files."""
    path = FOLDER / f"{name}.jsonl"
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def told(slots: Mapping[str, Any]) -> dict[str, Any]:
    """Slots in the forms of the calling convention."""
    return {name: printed(name, value) for name, value in slots.items()}


@dataclass
class Score:
    """Counts, and the figures made of them."""

    right: dict[str, list[bool]] = field(default_factory=lambda: defaultdict(list))
    told: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    there: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    hits: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    slots: list[int] = field(default_factory=lambda: [0, 0, 0])  # hit, wrong, missed
    frames: list[bool] = field(default_factory=list)
    sure: list[tuple[float, bool]] = field(default_factory=list)
    rejected_out: list[bool] = field(default_factory=list)
    rejected_in: list[bool] = field(default_factory=list)
    harmful: list[str] = field(default_factory=list)
    flags_found: list[bool] = field(default_factory=list)
    false_flags: list[bool] = field(default_factory=list)
    two: list[bool] = field(default_factory=list)
    languages: list[bool] = field(default_factory=list)
    turns: list[bool] = field(default_factory=list)
    whole: list[bool] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def rate(self, group: str) -> float:
        """Share of right intents in a group."""
        return _share(self.right[group])

    @property
    def macro_f1(self) -> float:
        per = [
            2 * self.hits[intent] / (self.told[intent] + self.there[intent])
            for intent in self.there
        ]
        return sum(per) / len(per)

    @property
    def slot_f1(self) -> float:
        hit, wrong, missed = self.slots
        return 2 * hit / max(1, 2 * hit + wrong + missed)

    @property
    def calibration(self) -> float:
        bins: dict[int, list[tuple[float, bool]]] = defaultdict(list)
        for sure, right in self.sure:
            bins[min(9, int(sure * 10))].append((sure, right))
        gaps = [abs(sum(s for s, _ in each) - sum(r for _, r in each)) for each in bins.values()]
        return sum(gaps) / max(1, len(self.sure))

    def figures(self) -> dict[str, float]:
        """Every figure by its name."""
        groups = {"ja", "en", "zh", "ko"}
        return {
            "intent": self.rate("all"),
            "intent ja": self.rate("ja"),
            "intent worst language": min(self.rate(each) for each in groups),
            "macro-F1": self.macro_f1,
            "kansai, kana, voice, typo": self.rate("noisy"),
            "slot F1": self.slot_f1,
            "exact frame": _share(self.frames),
            "out of scope recall": _share(self.rejected_out),
            "false rejects": _share(self.rejected_in),
            "ECE": self.calibration,
            "harmful": float(len(self.harmful)),
            "flags found": _share(self.flags_found),
            "false flags": _share(self.false_flags),
            "dialogue turns": _share(self.turns),
            "whole dialogues": _share(self.whole),
            "two intents": _share(self.two),
            "language": _share(self.languages),
        }


def _share(each: Sequence[bool]) -> float:
    return sum(each) / max(1, len(each))


def scored(messages: Iterable[Row], dialogues: Iterable[Row] = ()) -> Score:
    """Read them all."""
    score = Score()
    for row in messages:
        _message(score, row)
    for row in dialogues:
        _dialogue(score, row)
    return score


def _message(score: Score, row: Row) -> None:
    reading = read(row["text"], Situation(now=datetime.fromisoformat(row["now"])))
    gold = row["gold"]
    found = [meaning.intent for meaning in reading.meanings]
    also = set(row.get("also_ok", []))
    _harm(score, row, found)
    flags = set(gold.get("flags", []))
    score.flags_found += [flag in reading.flags for flag in flags]
    score.false_flags.append(bool(set(reading.flags) - flags))
    score.languages.append(_is_language(reading.lang, row["lang"]))
    if len(gold["intents"]) > 1:
        score.two.append(found == gold["intents"])
        return
    (wanted,) = gold["intents"]
    right = found[0] == wanted or found[0] in also
    groups = ["all", row["lang"], *row["tags"]]
    if _NOISY & set(row["tags"]):
        groups.append("noisy")
    for group in groups:
        score.right[group].append(right)
    score.there[wanted] += 1
    score.told[wanted if right else found[0]] += 1
    score.hits[wanted] += right
    score.sure.append((reading.meanings[0].confidence, right))
    is_rejected = reading.abstain or found[0] == "oos"
    if "oos" in row["tags"]:
        score.rejected_out.append(is_rejected)
    elif "adversarial" not in row["tags"] and wanted != "oos":
        score.rejected_in.append(is_rejected)
    slots_right = _slots(score, reading, gold, row.get("unscored_slots", []), row)
    score.frames.append(right and slots_right)
    if not right:
        sure = reading.meanings[0].confidence
        score.wrong.append(f"{row['text'][:60]} | {wanted} | {found} {sure:.2f} {reading.flags}")


def _slots(score: Score, reading: Reading, gold: Row, unscored: Sequence[str], row: Row) -> bool:
    if "*" in unscored:
        return True
    left = FREE | set(unscored)
    mine = {name: value for name, value in told(reading.slots).items() if name not in left}
    wanted = {name: value for name, value in gold["slots"].items() if name not in left}
    hit = sum(mine.get(name) == value for name, value in wanted.items())
    score.slots[0] += hit
    score.slots[1] += len(mine) - hit
    score.slots[2] += len(wanted) - hit
    if mine != wanted:
        score.wrong.append(f"{row['text'][:60]} | slots {wanted} | {mine}")
    return mine == wanted


def _harm(score: Score, row: Row, found: Sequence[str]) -> None:
    if set(row.get("forbidden", [])) & set(found):
        score.harmful.append(f"{row['text'][:60]} | {found}")


def _is_language(found: str, wanted: str) -> bool:
    return found == wanted or (wanted == "zh" and found.startswith("zh"))


def _dialogue(score: Score, row: Row) -> None:
    last: str | None = None
    lang: str | None = None
    offered = 0
    every = True
    for turn in row["turns"]:
        if turn["role"] == "bot":
            offered = sum(f"{n})" in turn["text"] for n in range(1, 10))
            continue
        reading = read(
            turn["text"],
            Situation(
                now=datetime.fromisoformat(row["now"]), lang=lang,
                expecting=turn.get("expecting"), last=last, offered=offered,
            ),
        )  # fmt: skip
        found = [meaning.intent for meaning in reading.meanings]
        wanted = turn["gold"]["intents"]
        also = set(turn.get("also_ok", []))
        right = found == wanted or (len(wanted) == 1 and found[0] in also)
        left = FREE | set(turn.get("unscored_slots", []))
        mine = {name: value for name, value in told(reading.slots).items() if name not in left}
        gold = {n: v for n, v in turn["gold"]["slots"].items() if n not in left}
        right = right and ("*" in left or all(mine.get(name) == v for name, v in gold.items()))
        score.turns.append(right)
        every = every and right
        lang = reading.lang
        if found[-1] not in {"chat.affirm", "chat.deny", "chat.thanks", "chat.greeting", "oos"}:
            last = found[-1]
        if not right:
            score.wrong.append(
                f"{row['id']} {turn.get('expecting')} {turn['text'][:50]} | {wanted} {gold} |"
                f" {found} {mine}"
            )
    score.whole.append(every)
