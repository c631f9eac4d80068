"""Pictures of a made-up watch, from as many sides as asked, with scratches where asked."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy

WIDTH, HEIGHT = 2000, 1500
Line = tuple[tuple[int, int], tuple[int, int]]
OLD: Sequence[Line] = (
    ((560, 500), (640, 560)),
    ((1400, 1000), (1480, 960)),
    ((700, 1150), (790, 1190)),
)
NEW: Sequence[Line] = (((1450, 560), (1520, 620)), ((980, 1290), (1060, 1270)))


def watch(scratches: Sequence[Line] = (), *, model: int = 3) -> Any:
    """Brushed metal, a dial with markers, numbers, names and hands; `model` changes the metal."""
    chance = numpy.random.default_rng(model)
    noise = chance.normal(0, 40, (HEIGHT, WIDTH)).astype("float32")
    image = 95 + 2 * cv2.GaussianBlur(noise, (0, 0), 3)
    cv2.circle(image, (1000, 750), 620, 150, -1, cv2.LINE_AA)
    brushed = chance.normal(0, 1, (HEIGHT, WIDTH)).astype("float32")
    brushed = cv2.GaussianBlur(brushed, (0, 0), sigmaX=12, sigmaY=1)
    ring = numpy.zeros((HEIGHT, WIDTH), "float32")
    cv2.circle(ring, (1000, 750), 620, 1, -1)
    image += ring * brushed / brushed.std() * 7
    cv2.circle(image, (1000, 750), 500, 40, -1, cv2.LINE_AA)
    for mark in range(60):
        turn, is_hour = mark * numpy.pi / 30, mark % 5 == 0
        ends = [
            (int(1000 + far * numpy.cos(turn)), int(750 + far * numpy.sin(turn)))
            for far in (470, 430 if is_hour else 455)
        ]
        cv2.line(image, *ends, 220, 6 if is_hour else 2, cv2.LINE_AA)
    image = numpy.clip(image, 0, 255).astype("uint8")
    for hour in range(12):
        turn = hour * numpy.pi / 6
        at = (int(980 + 390 * numpy.sin(turn)), int(765 - 390 * numpy.cos(turn)))
        cv2.putText(image, str(hour + 1), at, cv2.FONT_HERSHEY_SIMPLEX, 1.3, 210, 3, cv2.LINE_AA)
    for told, at, size in (("AKASHI", (880, 620), 1.6), ("OFFICIALLY CERTIFIED", (840, 940), 0.9)):
        cv2.putText(image, told, at, cv2.FONT_HERSHEY_SIMPLEX, size, 190, 2, cv2.LINE_AA)
    cv2.line(image, (1000, 750), (1250, 560), 230, 12, cv2.LINE_AA)
    cv2.line(image, (1000, 750), (820, 430), 230, 8, cv2.LINE_AA)
    image = image.astype("float32")
    for each in scratches:
        line = numpy.zeros_like(image)
        cv2.line(line, *each, 1.0, 3, cv2.LINE_AA)
        image += 45 * cv2.GaussianBlur(line, (0, 0), 0.8)
    return image


def shot(
    path: Path, watch: Any, *, seed: int, degrees: float = 0.0, shift: tuple[float, float] = (0, 0),
    blur: float = 0.0, gain: float = 1.0, slope: float = 0.0,
) -> Path:  # fmt: skip
    """Taken from there, in that light, with a camera's noise."""
    image = watch
    if degrees or any(shift):
        turn = cv2.getRotationMatrix2D((1000, 750), degrees, 1.0)
        turn[:, 2] += shift
        size = (WIDTH, HEIGHT)
        image = cv2.warpAffine(image, turn, size, flags=cv2.INTER_CUBIC, borderValue=90)
    if blur:
        image = cv2.GaussianBlur(image, (0, 0), blur)
    image = image * gain * numpy.linspace(1 - slope, 1 + slope, WIDTH)[None, :]
    image = image + numpy.random.default_rng(seed).normal(0, 3, (HEIGHT, WIDTH))
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(
        str(path), numpy.clip(image, 0, 255).astype("uint8"), [cv2.IMWRITE_JPEG_QUALITY, 90]
    )
    return path
