"""What is scored, photographed and written down of each kind of piece (検品チェックリスト).

Plain data: axes with their scores, required shots with the part each shows, fields that must be
recorded. The shots are the first version; the shop may write later ones (`shotlists`). A score of 5
is best on every axis (3 where an axis ends there); `SCALE_VERSION` counts the changes of the axes
and is kept with every grading.
"""

from dataclasses import dataclass
from types import MappingProxyType

from catalog.grading.scale import Grade
from catalog.items.kinds import Category

SCALE_VERSION = 1

_SIX = (Grade.C, Grade.BC, Grade.B, Grade.AB, Grade.A, Grade.S)
_FOUR = (Grade.C, Grade.BC, Grade.AB, Grade.S)


@dataclass(frozen=True, slots=True)
class Axis:
    """One thing that is scored, 0 the worst; `grades`: what each score is worth."""

    id: str
    told: str
    grades: tuple[Grade, ...] = _SIX

    @property
    def best(self) -> int:
        """The best score."""
        return len(self.grades) - 1

    def grade(self, score: int) -> Grade:
        """What a score is worth."""
        return self.grades[score]


@dataclass(frozen=True, slots=True)
class Shot:
    """A picture or film every piece of the category needs. `part`: what of the piece it shows;
    `told_en`: its label in English; `guide`: the asset that shows how it is taken.
    """

    code: str
    told: str
    part: str | None = None
    is_film: bool = False
    told_en: str = ""
    is_required: bool = True
    guide: str | None = None


@dataclass(frozen=True, slots=True)
class Checklist:
    """All that is asked of one category."""

    axes: tuple[Axis, ...]
    shots: tuple[Shot, ...]
    must_record: tuple[str, ...]

    def axis(self, axis_id: str) -> Axis | None:
        """The axis with that id."""
        return next((axis for axis in self.axes if axis.id == axis_id), None)

    @property
    def shot_codes(self) -> frozenset[str]:
        """The codes of every required shot."""
        return frozenset(shot.code for shot in self.shots)


_WATCH = Checklist(
    axes=(
        Axis("case", "ケース（研磨・打痕・ラグ）"),
        Axis("bezel", "ベゼル"),
        Axis("crystal", "風防"),
        Axis("dial", "文字盤・針"),
        Axis("bracelet", "ブレスの伸び（固定長での垂れ mm）・コマ数"),
        Axis("clasp", "クラスプ"),
        Axis("crown", "リューズ・プッシャー"),
        Axis("movement", "ムーブメント（日差・振り角・片振り）"),
        Axis("water_test", "防水検査"),
    ),
    shots=(
        Shot("dial", "文字盤正面", "dial", told_en="Dial, front"),
        Shot("case_back", "裏蓋", "case_back", told_en="Case back"),
        Shot("side_crown", "側面 3時", "crown", told_en="Side, 3 o'clock"),
        Shot("side_bottom", "側面 6時", "case", told_en="Side, 6 o'clock"),
        Shot("side_left", "側面 9時", "case", told_en="Side, 9 o'clock"),
        Shot("side_top", "側面 12時", "case", told_en="Side, 12 o'clock"),
        Shot("lugs", "ラグ", "case", told_en="Lugs"),
        Shot("bezel_macro", "ベゼル接写", "bezel", told_en="Bezel, macro"),
        Shot("clasp", "クラスプ", "clasp", told_en="Clasp"),
        Shot("bracelet_sag", "ブレスの垂れ", "bracelet", told_en="Bracelet sag"),
        Shot("serial", "シリアル", told_en="Serial"),
        Shot("timegrapher", "タイムグラファー", told_en="Timegrapher"),
        Shot("accessories", "付属品", told_en="Accessories"),
        Shot("running_film", "稼働動画 20秒", "dial", is_film=True, told_en="Running film, 20 s"),
    ),
    must_record=(
        "reference",
        "serial",
        "year",
        "warranty_date",
        "service_history",
        "accessories",
    ),
)
_DIAMOND = Checklist(
    axes=(
        Axis("four_c", "4C"),
        Axis("girdle", "ガードル（最小・最大・欠け）"),
        Axis("fluorescence", "蛍光性"),
        Axis("finish", "シンメトリー・ポリッシュ"),
        Axis("setting", "石座・枠の摩耗"),
        Axis("prongs", "爪"),
    ),
    shots=(
        Shot("face_up", "フェイスアップ", "stone", told_en="Face up"),
        Shot("side", "側面", "stone", told_en="Side"),
        Shot(
            "girdle_film",
            "ガードル 360° 接写動画",
            "girdle",
            is_film=True,
            told_en="Girdle, 360° macro film",
        ),
        Shot("inscription_macro", "刻印接写", "girdle", told_en="Inscription, macro"),
        Shot("report_front", "鑑定書 表面", told_en="Grading report, front"),
        Shot("mount_marks", "枠の刻印", "prong", told_en="Marks on the mount"),
        Shot("scale", "計量", "stone", told_en="Weighing"),
    ),
    must_record=("lab", "report_no", "inscription_match", "measurements", "carat"),
)
_BAG = Checklist(
    axes=(
        Axis("corners", "四隅（最も傷んだ角）"),
        Axis("handles", "持ち手"),
        Axis("exterior", "外装"),
        Axis("edge_paint", "コバ"),
        Axis("hardware", "金具"),
        Axis("interior", "内装"),
        Axis("odour", "におい", _FOUR),
        Axis("shape", "型崩れ"),
    ),
    shots=(
        Shot("front", "正面", told_en="Front"),
        Shot("back", "背面", told_en="Back"),
        Shot("side_left", "側面 左", told_en="Left side"),
        Shot("side_right", "側面 右", told_en="Right side"),
        Shot("base", "底面", "sole", told_en="Base"),
        Shot("corner_front_left", "角 前左", "corner", told_en="Corner, front left"),
        Shot("corner_front_right", "角 前右", "corner", told_en="Corner, front right"),
        Shot("corner_back_left", "角 後左", "corner", told_en="Corner, back left"),
        Shot("corner_back_right", "角 後右", "corner", told_en="Corner, back right"),
        Shot("handle", "持ち手", "handle", told_en="Handle"),
        Shot("hardware", "金具", "hardware", told_en="Hardware"),
        Shot("interior", "内装", "lining", told_en="Lining"),
        Shot("code", "刻印・シリアル・チップ", told_en="Marks, serial, chip"),
        Shot("accessories", "付属品", told_en="Accessories"),
    ),
    must_record=("serial", "size", "colour", "strap", "key"),
)
_APPAREL = Checklist(
    axes=(
        Axis("fabric", "生地"),
        Axis("pilling", "毛玉"),
        Axis("stains", "しみ・汚れ"),
        Axis("seams", "縫い目"),
        Axis("odour", "におい", _FOUR),
        Axis("lining", "裏地"),
        Axis("hem_cuff", "裾・袖口"),
    ),
    shots=(
        Shot("front", "正面", told_en="Front"),
        Shot("back", "背面", told_en="Back"),
        Shot("label", "ブランドタグ", told_en="Brand tag"),
        Shot("composition_tag", "品質表示", told_en="Care label"),
        Shot("defect_1", "最も目立つ傷み", told_en="Worst wear"),
        Shot("defect_2", "次に目立つ傷み", told_en="Second worst wear"),
        Shot("defect_3", "三番目に目立つ傷み", told_en="Third worst wear"),
        Shot("hem_cuff", "裾・袖口", "sleeve", told_en="Hem, cuffs"),
    ),
    must_record=("style_no", "size", "composition", "alterations"),
)

CHECKLISTS = MappingProxyType(
    {
        Category.WATCH: _WATCH,
        Category.DIAMOND: _DIAMOND,
        Category.BAG: _BAG,
        Category.APPAREL: _APPAREL,
    }
)
