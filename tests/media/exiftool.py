"""What ExifTool, a reader that knows thousands of places, tells of files that go out."""

import json
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.databases import without

# How a file is made, and nothing else: where it lies here, its format, its size.
_OF_PICTURES = {"ExifTool", "System", "File", "JFIF", "Composite", "ZIP"}
_OF_FILMS = _OF_PICTURES | {"QuickTime", "Track1", "Track2", "H264"}
# Words a tag's name is made of when it tells of somebody or of where, and what it does not follow.
_PERSONAL = frozenset(
    {
        "GPS", "Serial", "Owner", "Artist", "Author", "Copyright", "Creator", "Location", "XMP",
        "IPTC", "Title", "Comment", "Chapter", "Thumbnail", "Make", "Model", "Software", "Lens",
        "Warning", "Error", "Keys", "City", "Area", "Encoder", "UUID",
    }
)  # fmt: skip
_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z][a-z]*|[0-9]+")
_NO_TIME = "0000:00:00 00:00:00"


def program() -> str:
    """Where it is; without it a test says so in one line, or fails where everything is required."""
    found = shutil.which("exiftool")
    if found is None:
        without("ExifTool (apt install libimage-exiftool-perl)")
    return str(found)


def told(files: Mapping[str, bytes], folder: Path) -> dict[str, dict[str, Any]]:
    """All it finds in each, known and unknown, twice said, inside of others; keys are
    `group:tag`, or `group:copy:tag` for what is said again.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    how = ("-json", "-G1:4", "-a", "-u", "-U", "-ee")
    asked = [program(), *how, *(str(folder / name) for name in files)]
    answer = subprocess.run(asked, check=False, capture_output=True, timeout=120)
    said: list[dict[str, Any]] = json.loads(answer.stdout)
    return {Path(each.pop("SourceFile")).name: each for each in said}


def must_be_bare(name: str, facts: Mapping[str, Any], *, comment: str | None = None) -> None:
    """Of those there is nothing but how the file is made. `comment`: a film that was taken away
    says that, and only that.
    """
    is_film = name.endswith(".mp4")
    allowed = _OF_FILMS if is_film else _OF_PICTURES
    for key, value in facts.items():
        group, tag, said = key.split(":")[0], key.split(":")[-1], f"{name}: {key} = {value}"
        if comment is not None and (group, tag) == ("ItemList", "Comment"):
            assert is_film and value == comment, said
            continue
        assert group in allowed, said
        if group in ("System", "ZIP") or (group, tag) == ("ExifTool", "ExifToolVersion"):
            continue
        assert not _PERSONAL.intersection(_WORDS.findall(tag)), said
        if is_film and tag.endswith("Date"):
            assert value == _NO_TIME, said
