"""What a file's name and folders say about it: which unit, which part (ファイル名の手がかり).

`W-10234_01.mp4`, `W-10234_case_back_01.jpg`, `W-10234/IMG_0001.JPG`, `W-10234/裏蓋/…`; full width,
lower case and a missing hyphen are understood. A hint is only a hint: whether there is such a unit
is the register's to say.
"""

import re
import unicodedata
from dataclasses import dataclass
from pathlib import PurePath

from catalog.items.words import CODE, fold
from media.assets.kinds import Part

_MOST_NAME_BYTES = 255
_SURE_DIGITS = 3
_WITH_HYPHEN = re.compile(r"(?<![0-9a-z])([a-z]{1,4})-(\d{1,12})(?![0-9a-z])")
# Names cameras and phones give by themselves; the letters before the number are not a unit's.
_CAMERA = frozenset(
    {"img", "dsc", "dscn", "dscf", "mvi", "mov", "gopr", "gh", "gx", "mah", "pxl", "vid", "dji"}
    | {"sam", "kimg", "rimg", "cimg", "hni", "pict", "imgp", "lrm", "file", "wa", "photo", "clip"}
    | {"mg", "fuj", "pana", "gp", "ls", "mvc", "stk", "mts", "xt"}
)
# One letter and so many digits: Sony's films, an iPhone's edited picture, Leica, Ricoh, Panasonic,
# Olympus. Others count from zero on, as Hasselblad does. With its hyphen each of them is a code.
_COUNTERS = {"c": 4, "e": 4, "l": 7, "r": 7, "p": 7}

# Words of the shop floor for each part, with blanks between; the shot codes of the checklists are
# among them. `_` stands for a blank, a hyphen or nothing. Longer words win.
PART_WORDS: dict[Part, str] = {
    Part.CASE_BACK: "裏蓋 裏ぶた 裏フタ 裏スケ ケースバック ケース裏 case_back back_case back_side",
    Part.CASE: "ケース 側面 サイド ラグ 胴 case side sides lug lugs",
    Part.BEZEL: "ベゼル bezel",
    Part.DIAL: "文字盤 ダイヤル ダイアル 盤面 dial face",
    Part.HANDS: "針 hands hand",
    Part.CRYSTAL: "風防 ガラス クリスタル crystal glass",
    Part.BRACELET: "ブレスレット ブレス コマ bracelet bracelet_sag links",
    Part.CLASP: "クラスプ バックル 中留 尾錠 clasp buckle",
    Part.CROWN: "竜頭 リューズ りゅうず プッシャー crown pusher",
    Part.GIRDLE: "ガードル 刻印 girdle inscription",
    Part.PRONG: "爪 プロング 石座 prong prongs setting",
    Part.STONE: "ダイヤ ダイヤモンド ルース 石 stone face_up diamond",
    Part.CORNER: "角スレ 四隅 コーナー 角 corner corners",
    Part.HANDLE: "持ち手 持手 取っ手 ハンドル handle handles",
    Part.LINING: "裏地 内装 内側 ライニング lining interior inside",
    Part.ZIPPER: "ファスナー ジッパー チャック zipper zip",
    Part.HARDWARE: "金具 ハードウェア hardware",
    Part.STRAP: "ストラップ ショルダー ベルト 革バンド strap belt",
    Part.SLEEVE: "袖 袖口 スリーブ sleeve cuff",
    Part.SOLE: "靴底 ソール sole",
}


@dataclass(frozen=True, slots=True)
class Hint:
    """`is_sure`: the code was written with its hyphen and three digits or more, so it is one even
    when no unit has it. What is not sure may be a camera's own name: anything else that speaks for
    another piece makes it nothing.
    Two different codes in one name are sure to be nobody's: `code` None and `is_sure`.
    """

    code: str | None
    part: Part | None
    is_sure: bool = False


def _pattern(word: str) -> str:
    """A latin word stands alone (blank, `_` and `-` between its parts are one); a Japanese one may
    be inside.
    """
    folded = fold(word)
    if not folded.isascii():
        return re.escape(folded)
    inner = "[-_ ]?".join(map(re.escape, folded.split("_")))
    return rf"(?<![a-z]){inner}(?![a-z])"


_PARTS = sorted(
    ((fold(word), part) for part, words in PART_WORDS.items() for word in words.split()),
    key=lambda pair: -len(pair[0]),
)
_PART_PATTERNS = [(re.compile(_pattern(word)), part) for word, part in _PARTS]


def item_hint(path: PurePath, root: PurePath | None = None) -> Hint:
    """The unit code and the part from the file's name, else from its folders up to `root`, nearest
    first.
    """
    inside = path.relative_to(root) if root is not None and path.is_relative_to(root) else path
    places = [fold(inside.stem), *(fold(name) for name in reversed(inside.parts[:-1]))]
    if root is None:
        places = places[:3]  # the file, its folder and the folder of that
    part = next((found for place in places if (found := part_of(place)) is not None), None)
    written = _written(places)
    if written:
        code = written.pop() if len(written) == 1 else None
        # `cam-2` may be a piece, but is more often a folder of a second camera.
        return Hint(code, part, is_sure=code is None or len(code.partition("-")[2]) >= _SURE_DIGITS)
    # A folder named for a unit says more than a clip number such as C0001.
    return Hint(_guessed([*places[1:], places[0]]), part)


def names_itself(path: PurePath, root: PurePath | None = None) -> bool:
    """Whether name or folder say for sure whose it is, whatever was photographed before it."""
    return item_hint(path, root).is_sure


def part_of(text: str) -> Part | None:
    """The part a folder or file name tells of; the longest word wins (ケース裏, then ケース)."""
    folded = fold(text)
    return next((part for pattern, part in _PART_PATTERNS if pattern.search(folded)), None)


def _written(places: list[str]) -> set[str]:
    """The codes of the nearest place that has any."""
    for place in places:
        codes = {
            f"{letters.upper()}-{digits}"
            for letters, digits in _WITH_HYPHEN.findall(place)
            if letters not in _CAMERA
        }
        if codes:
            return codes
    return set()


def _guessed(places: list[str]) -> str | None:
    for place in places:
        for letters, digits in CODE.findall(place):
            if not _is_a_counter(letters, digits):
                return f"{letters.upper()}-{digits}"
    return None


def _is_a_counter(letters: str, digits: str) -> bool:
    """Whether a camera may have named it so by itself."""
    return letters in _CAMERA or digits[0] == "0" or _COUNTERS.get(letters) == len(digits)


def clean_name(name: str) -> str:
    """A name as a text to show: one segment, NFC, no control or direction marks, at most 255 bytes.

    Never a key and never a path.
    """
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    shown = "".join(each for each in last if unicodedata.category(each)[0] != "C").strip()
    while len(shown.encode()) > _MOST_NAME_BYTES:
        shown = shown[:-1]
    return shown if shown.strip(".") else "unnamed"
