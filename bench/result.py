"""One measured promise, and the one table they are printed in."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Result:
    """`figure` and `reference` in `unit`; `ratio` is figure to reference where that is the
    promise.
    """

    goal: str
    what: str
    figure: float
    unit: str
    wanted: str
    is_met: bool
    reference: float | None = None
    ratio: float | None = None


def against(
    goal: str,
    what: str,
    figure: float,
    reference: float,
    *,
    unit: str,
    at_least: float | None = None,
    at_most: float | None = None,
) -> Result:
    """A promise that is a ratio to a reference of the same run."""
    ratio = figure / reference if reference else float("inf")
    if at_least is not None:
        return Result(
            goal, what, figure, unit, f"≥ {at_least:g}×", ratio >= at_least, reference, ratio
        )
    most = at_most if at_most is not None else 1.0
    return Result(goal, what, figure, unit, f"≤ {most:g}×", ratio <= most, reference, ratio)


def within(goal: str, what: str, figure: float, limit: float, *, unit: str) -> Result:
    """A promise that is a limit."""
    return Result(goal, what, figure, unit, f"≤ {limit:.4g} {unit}".rstrip(), figure <= limit)


def percentile(values: Sequence[float], share: float) -> float:
    """The value that `share` percent of the values do not exceed; nan of none."""
    if not values:
        return float("nan")
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share / 100))]


def middle(values: Sequence[float]) -> float:
    """The median over rounds; nan of none."""
    return statistics.median(values) if values else float("nan")


_HEADS = ("goal", "what", "figure", "reference", "ratio", "wanted", "")


def table(results: Sequence[Result]) -> str:
    """All results as aligned lines."""
    rows = [_HEADS, *(_row(result) for result in results)]
    widths = [max(len(row[n]) for row in rows) for n in range(len(_HEADS))]
    lines = [
        "  ".join(
            cell.rjust(width) if n in {2, 3, 4} else cell.ljust(width)
            for n, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
    lines.insert(1, "  ".join("-" * width for width in widths).rstrip())
    return "\n".join(lines)


def _row(result: Result) -> tuple[str, ...]:
    return (
        result.goal,
        result.what,
        f"{_short(result.figure)} {result.unit}".rstrip(),
        "" if result.reference is None else f"{_short(result.reference)} {result.unit}".rstrip(),
        "" if result.ratio is None else f"{result.ratio:.2f}×",
        result.wanted,
        "met" if result.is_met else "MISSED",
    )


def _short(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 or value == int(value) else f"{value:.3g}"
