"""`make train`: the weights of the classifier from the lines beside this file, and what they reach.

Every line is hand-written (`lines/*.tsv`: intent, style, text). A fifth is held back to measure and
to set the temperatures; the weights that are kept learn from all. Needs the `dev` extra; the same
lines give the same weights.
"""

import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np

from conversations.understanding import encoder
from conversations.understanding.classifier import WEIGHTS, Classifier
from conversations.understanding.features import DIMENSIONS, grams
from conversations.understanding.normal import classified, normal

_HELD_BACK = 5  # every fifth line
_SEED = 20261128
_GRAM_STRENGTH = 30.0
_VECTOR_STRENGTH = 20.0
_SHARE = 0.65


@dataclass(frozen=True, slots=True)
class Line:
    """One training line. `language` is the file's name (`oos` holds every language)."""

    language: str
    intent: str
    style: str
    text: str


def lines() -> list[Line]:
    """Every line, in the order of the files."""
    found: list[Line] = []
    folder = resources.files("conversations.understanding").joinpath("lines")
    for file in sorted(folder.iterdir(), key=lambda each: each.name):
        if not file.name.endswith(".tsv"):
            continue
        rows = file.read_text(encoding="utf-8").split("\n")[1:]
        language = file.name.removesuffix(".tsv")
        found += [Line(language, *row.split("\t")) for row in rows if row]
    return found


def _text(line: str) -> str:
    return classified(normal(line).folded)


def _counts(texts: Sequence[str]) -> Any:
    from scipy.sparse import csr_matrix

    starts, places = [0], []
    for text in texts:
        places += grams(text)
        starts.append(len(places))
    ones = np.ones(len(places), dtype=np.float32)
    return csr_matrix((ones, places, starts), shape=(len(texts), DIMENSIONS))


def fitted(
    taught: Sequence[Line], vectors: Any, *, temperatures: Sequence[float]
) -> dict[str, Any]:
    """Weights as they are kept. `vectors`: one row a line."""
    from scipy.sparse import diags
    from sklearn.linear_model import LogisticRegression

    counts = _counts([_text(line.text) for line in taught])
    frequent = np.asarray((counts > 0).sum(axis=0)).ravel()
    idf = (np.log((1 + len(taught)) / (1 + frequent)) + 1).astype(np.float32)
    weighed = counts.multiply(idf).tocsr()
    lengths = np.sqrt(np.asarray(weighed.multiply(weighed).sum(axis=1)).ravel())
    weighed = diags(1 / np.maximum(lengths, 1e-9)) @ weighed
    wanted = [line.intent for line in taught]
    by_grams = LogisticRegression(C=_GRAM_STRENGTH, max_iter=300).fit(weighed, wanted)
    by_vector = LogisticRegression(C=_VECTOR_STRENGTH, max_iter=500).fit(vectors, wanted)
    assert list(by_grams.classes_) == list(by_vector.classes_)
    weights = by_grams.coef_.T.astype(np.float32)
    scale = np.abs(weights).max(axis=0) / 127
    return {
        "intents": np.asarray(by_grams.classes_),
        "idf": idf.astype(np.float16),
        "grams": np.round(weights / scale).astype(np.int8),
        "scale": scale.astype(np.float32),
        "bias": by_grams.intercept_.astype(np.float32),
        "vector": by_vector.coef_.T.astype(np.float16),
        "vector_bias": by_vector.intercept_.astype(np.float32),
        "temperatures": np.asarray(temperatures, dtype=np.float32),
    }


def _calibration_error(classifier: Classifier, held: Sequence[Line]) -> float:
    bins: dict[int, list[tuple[float, bool]]] = defaultdict(list)
    for line, guess in _guesses(classifier, held):
        bins[min(9, int(guess.confidence * 10))].append(
            (guess.confidence, guess.best == line.intent)
        )
    gaps = [
        abs(sum(share for share, _ in each) - sum(right for _, right in each))
        for each in bins.values()
    ]
    return sum(gaps) / max(1, len(held))


_CACHE: dict[str, Any] = {}


class _Remembered:
    """An encoder that keeps what it has told."""

    def encode(self, sentence: str) -> Sequence[float]:
        if sentence not in _CACHE:
            inner = encoder.loaded()
            assert inner is not None, "training needs the encoder extra"
            _CACHE[sentence] = np.asarray(inner.encode(sentence), dtype=np.float32).ravel()
        told: Sequence[float] = _CACHE[sentence]
        return told


def _guesses(classifier: Classifier, held: Sequence[Line]) -> Iterator[tuple[Line, Any]]:
    for line in held:
        yield line, classifier.guess(_text(line.text), spoken=normal(line.text).shown)


def main(target: Path | None = None) -> None:
    """Fit, measure, and write the weights."""
    every = lines()
    shuffled = random.Random(_SEED).sample(every, len(every))
    held, taught = (
        shuffled[::_HELD_BACK],
        [line for n, line in enumerate(shuffled) if n % _HELD_BACK],
    )
    remembered = _Remembered()

    def vectors(of: Sequence[Line]) -> Any:
        return np.stack([remembered.encode(normal(line.text).shown) for line in of])

    trial = fitted(taught, vectors(taught), temperatures=(_SHARE, 1.0, 1.0))
    alone, both = calibrated(trial, held, remembered)
    trial["temperatures"] = np.asarray([_SHARE, alone, both], dtype=np.float32)
    report(Classifier(trial, lambda: remembered), held, "n-grams and encoder")
    report(Classifier(trial, lambda: None), held, "n-grams alone")
    kept = fitted(shuffled, vectors(shuffled), temperatures=(_SHARE, alone, both))
    path = target or Path(__file__).with_name(WEIGHTS)
    np.savez_compressed(path, **kept)
    print(f"{len(every)} lines; weights {path.stat().st_size / 1e6:.1f} MB")


def calibrated(
    kept: dict[str, Any], held: Sequence[Line], remembered: encoder.Encoder
) -> tuple[float, float]:
    """The temperatures at which what is said to be likely is as often right: for n-grams alone, and
    with the encoder.
    """
    best: list[float] = []
    for ask in (lambda: None, lambda: remembered):
        found = []
        for temperature in np.arange(0.8, 3.6, 0.2):
            kept["temperatures"] = np.asarray([_SHARE, temperature, temperature])
            found.append((_calibration_error(Classifier(kept, ask), held), float(temperature)))
        best.append(min(found)[1])
    return best[0], best[1]


def report(classifier: Classifier, held: Sequence[Line], name: str) -> None:
    """Accuracy by language and style, macro-F1 and calibration on the lines held back."""
    right: dict[str, list[bool]] = defaultdict(list)
    hits: dict[str, int] = defaultdict(int)
    told: dict[str, int] = defaultdict(int)
    there: dict[str, int] = defaultdict(int)
    for line, guess in _guesses(classifier, held):
        is_right = guess.best == line.intent
        for group in ("all", line.language, line.style):
            right[group].append(is_right)
        told[guess.best] += 1
        there[line.intent] += 1
        hits[line.intent] += is_right
    f1 = [
        2 * hits[intent] / (told[intent] + there[intent]) if hits[intent] else 0.0
        for intent in there
    ]
    print(
        f"{name}: macro-F1 {sum(f1) / len(f1):.3f}, ECE {_calibration_error(classifier, held):.3f}"
    )
    for group, each in right.items():
        print(f"  {group:9} {sum(each) / len(each):.3f}  of {len(each)}")


if __name__ == "__main__":
    main()
