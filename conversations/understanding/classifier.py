"""Which intent a message has (意図分類): a linear model over hashed n-grams, and one over the vector of
a sentence encoder where the first leaves doubt. Trained by `training`; numpy alone at run time.
"""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from importlib import resources
from typing import Any

import numpy as np

from conversations.understanding import encoder
from conversations.understanding.features import grams

WEIGHTS = "weights.npz"
SETTLED = 0.9  # the encoder is not asked about what the n-grams are that sure of
_Array = Any  # numpy's arrays; they do not leave this module


@dataclass(frozen=True, slots=True)
class Guess:
    """Intents with their probabilities, the likeliest first. `is_refined`: the encoder was
    asked.
    """

    ranked: tuple[tuple[str, float], ...]
    is_refined: bool = False

    @property
    def best(self) -> str:
        return self.ranked[0][0]

    @property
    def confidence(self) -> float:
        return self.ranked[0][1]

    def of(self, intent: str) -> float:
        """The probability of that intent among the first ones, else 0."""
        return next((share for name, share in self.ranked if name == intent), 0.0)


class Classifier:
    """The trained weights. `ask` is None where no encoder is installed."""

    def __init__(
        self, kept: Any, ask: Callable[[], encoder.Encoder | None] = encoder.loaded
    ) -> None:
        self.intents: tuple[str, ...] = tuple(str(each) for each in kept["intents"])
        self._idf = kept["idf"].astype(np.float32)
        self._grams = kept["grams"]  # int8, DIMENSIONS × intents
        self._scale = kept["scale"].astype(np.float32)
        self._bias = kept["bias"].astype(np.float32)
        self._vector = kept["vector"].astype(np.float32)
        self._vector_bias = kept["vector_bias"].astype(np.float32)
        self._share, self._alone, self._both = (float(each) for each in kept["temperatures"])
        self._ask = ask

    def guess(self, text: str, *, spoken: str) -> Guess:
        """`text` as `normal.classified` makes it; `spoken`: as written, for the encoder."""
        scores = _log_softmax(self._of_grams(text))
        alone = self._ranked(scores, self._alone)
        if alone.confidence >= SETTLED:
            return alone
        asked = self._ask()
        if asked is None:
            return alone
        vector = np.asarray(asked.encode(spoken), dtype=np.float32).ravel()
        other = _log_softmax(vector @ self._vector + self._vector_bias)
        both = self._share * scores + (1 - self._share) * other
        ranked = self._ranked(both, self._both)
        return Guess(ranked.ranked, is_refined=True)

    def _of_grams(self, text: str) -> _Array:
        places = np.asarray(grams(text), dtype=np.int64)
        values = self._idf[places]
        length = float(np.sqrt(values @ values)) or 1.0
        rows = self._grams[places].astype(np.float32)
        return (values / length) @ rows * self._scale + self._bias

    def _ranked(self, scores: _Array, temperature: float) -> Guess:
        shares = np.exp(_log_softmax(scores * temperature))
        order = np.argsort(-shares)[:6]
        return Guess(tuple((self.intents[n], float(shares[n])) for n in order))


def _log_softmax(scores: _Array) -> _Array:
    top = scores - scores.max()
    return top - np.log(np.exp(top).sum())


@functools.cache
def trained() -> Classifier:
    """The weights that come with the product."""
    path = resources.files("conversations.understanding").joinpath(WEIGHTS)
    with resources.as_file(path) as file, np.load(file, allow_pickle=False) as kept:
        return Classifier({name: kept[name] for name in kept.files})
