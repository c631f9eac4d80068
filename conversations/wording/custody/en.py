"""Where a piece of one's own has been, in English."""

from collections.abc import Sequence

lang = "en"

_PHASES = {
    "coming": "on its way to us",
    "arrival": "arrived",
    "opening": "opened",
    "appraisal": "being appraised",
    "storage": "in storage",
    "work": "being cared for",
    "packing": "being packed",
    "sent": "sent",
    "delivered": "delivered",
    "coming_back": "on its way back to us",
    "inspection": "inspection after return",
    "returning": "sent back to you",
    "given_back": "back with you",
    "ended": "no longer with us",
}


def phase(phase: str) -> str:
    return _PHASES.get(phase, phase)


def heading(title: str) -> str:
    return f"Custody record: {title}"


def step(since: str, films: int, stills: int, *, is_lacking: bool) -> str:
    counted = [
        f"{films} {'film' if films == 1 else 'films'}" if films else "",
        f"{stills} {'photo' if stills == 1 else 'photos'}" if stills else "",
    ]
    shown = ", ".join(filter(None, counted))
    return " · ".join(filter(None, [since, shown or ("nothing filmed" if is_lacking else "")]))


def told(title: str, phase: str | None, since: str) -> str:
    if phase is None:
        return f"This is the custody record of {title}."
    return f"{title}: {_PHASES.get(phase, phase)} since {since}."


def nothing(title: str) -> str:
    return f"There is no custody record of {title} yet."


def which(count: int) -> str:
    return f"Which piece do you mean? There are {count}."


def none() -> str:
    return "I found no piece of yours that is with us or was bought from us."


def findings(day: str, rows: Sequence[str]) -> str:
    told = "\n".join(f"- {each}" for each in rows)
    return f"Findings of the condition report of {day}:\n{told}"


def no_findings(day: str) -> str:
    return f"The condition report of {day} has no findings."


def of_before() -> str:
    return (
        "This is the record of an earlier stay with us."
        " How it is now will be told once it has been photographed again."
    )


def button_way() -> str:
    return "Custody record"
