"""What the demo's shop holds (見本の在庫): pieces with believable names, prices and grades, and what was captured
of each. Data only; the drawings are in `drawing`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.demo.drawing.bags import SILVER, Bag, Form
from bot.demo.drawing.garments import Garment, Style
from bot.demo.drawing.stones import PLATINUM, Cut, Stone
from bot.demo.drawing.watches import GOLD, ROSE, Bezel, Shape, Watch
from catalog.items.lines import ItemLine, parse
from media.assets.kinds import Part

Look = Watch | Stone | Bag | Garment

# What was captured of a piece.
FILM = "film"
STILL = "still"


@dataclass(frozen=True, slots=True)
class Shot:
    """One capture: a film or a still, of the whole piece or of a part."""

    kind: str
    part: Part | None = None


def _shots(written: str) -> tuple[Shot, ...]:
    """`film still:dial` and the like."""
    found = (each.partition(":") for each in written.split())
    return tuple(Shot(kind, Part(part) if part else None) for kind, _, part in found)


@dataclass(frozen=True, slots=True)
class Piece:
    """A line of the shop's list, how the piece looks, and what was captured of it."""

    line: ItemLine
    look: Look
    shots: Sequence[Shot]


_DAYTONA = Watch(
    "#f3f1ea", bezel=Bezel.SCALE, rim=("#161616",), subdials=3, marks="#d9d6cf", hands="#5b5853"
)
_DIVER = Watch("#121212", bezel=Bezel.SCALE, rim=("#15171a",), has_date=True)
_DIVER_NO_DATE = Watch("#121212", bezel=Bezel.SCALE, rim=("#101114",))
_GMT = Watch("#10100f", bezel=Bezel.SCALE, rim=("#1f3f86", "#8f1f2a"), has_date=True)
_DATEJUST = Watch("#1d3a68", bezel=Bezel.FLUTED, has_date=True)
_DAY_DATE = Watch("#6f5a2c", metal=GOLD, bezel=Bezel.FLUTED, has_date=True)
_PLAIN_BLACK = Watch("#161617")
_CHRONO_BLACK = Watch("#17181a", bezel=Bezel.SCALE, rim=("#1b1b1d",), subdials=3)
_DIVER_BLUE = Watch("#17396f", bezel=Bezel.SCALE, rim=("#153a7a",), has_date=True)
_OCTAGON_BLUE = Watch("#1c3c5c", shape=Shape.OCTAGON)
_OCTAGON_GREY = Watch("#4b5056", shape=Shape.OCTAGON, has_date=True)
_SPORT_BROWN = Watch("#2b2621", shape=Shape.OCTAGON, strap="#2a2723", has_date=True)
_DRESS = Watch("#f1eee6", strap="#2b1d15", marks="#3b3833", hands="#3b3833")
_DRESS_ROSE = Watch("#f3ede2", metal=ROSE, strap="#4a2d1c", marks="#7d5539", hands="#7d5539")
_TANK = Watch("#f4efe2", shape=Shape.TANK, strap="#1e1a18", hands="#24407a")
_SANTOS = Watch("#f2f0ea", shape=Shape.TANK, hands="#24407a")
_REVERSO = Watch("#eceae2", shape=Shape.TANK, strap="#3a2418", hands="#24407a")
_PORTUGIESER = Watch("#f4f2ec", subdials=2, strap="#1d2433", marks="#2d4f8f", hands="#2d4f8f")
_LUMINOR = Watch("#151515", shape=Shape.CUSHION, strap="#5a3a22", marks="#e8d9a8", hands="#e8d9a8")
_SNOW = Watch("#eef1f4", has_date=True, marks="#9fa6ad", hands="#4f6d9a")

_BIRKIN_GREY = Bag("#8d7a66")
_BIRKIN_BLACK = Bag("#1e1d1f", metal=SILVER)
_KELLY_RED = Bag("#7c1f2b")
_CONSTANCE = Bag("#a5673a")
_GARDEN = Bag("#3e4c39", trim="#6b4a2f", metal=SILVER)
_FLAP_BLACK = Bag("#17161a", Form.QUILTED)
_FLAP_GREY = Bag("#5d6068", Form.QUILTED, SILVER)
_FLAP_ROSE = Bag("#c9a7a0", Form.QUILTED)
_TOTE = Bag("#5a3d28", Form.TOTE, trim="#c79a66", pattern="#a9834f")
_BOSTON = Bag("#5a3d28", Form.BOSTON, trim="#c79a66", pattern="#a9834f")
_GALLERIA = Bag("#22303f")
_PICOTIN = Bag("#c77b30", metal=SILVER)

_CAMEL = Garment("#b98a58")
_DOWN = Garment("#1c2230", Style.DOWN, "#9aa0a8")
_TRENCH = Garment("#c8b08a", Style.TRENCH)
_TWEED = Garment("#ece6dc", Style.JACKET, "#1d1d22")
_BLACK_COAT = Garment("#27262a", trim="#0f0f10")
_NAVY_COAT = Garment("#263149", trim="#3a2f25")
_CREAM_JACKET = Garment("#d9c7a8", Style.JACKET, "#6b4a2f")

# code | brand | model | reference | title | price | grade | accessories | captures | state
_WATCHES = """
W-10234|Rolex|Cosmograph Daytona|116500LN|ロレックス コスモグラフ デイトナ 116500LN ホワイト|4,280,000|A|箱・保証書(2021年)|film film:case_back still:dial still:clasp|
W-10235|Rolex|Submariner|126610LN|ロレックス サブマリーナ デイト 126610LN|1,980,000|S|箱・保証書(2023年)|film still:case_back|
W-10236|Rolex|Submariner|114060|ロレックス サブマリーナ ノンデイト 114060|1,480,000|A|箱・保証書(2018年)|film still:bezel|
W-10237|Rolex|GMT-Master II|126710BLRO|ロレックス GMTマスターII 126710BLRO|2,890,000|A|箱・保証書(2022年)|film|
W-10238|Rolex|Datejust|126334|ロレックス デイトジャスト41 126334 ブルー|1,548,000|AB|保証書(2020年)|film still:dial|
W-10239|Rolex|Explorer|124270|ロレックス エクスプローラー 124270|1,068,000|A|箱・保証書(2022年)|still|
W-10240|Omega|Speedmaster|310.30.42.50.01.001|オメガ スピードマスター ムーンウォッチ 310.30.42.50.01.001|848,000|A|箱・保証書(2022年)||
W-10241|Omega|Seamaster|210.30.42.20.03.001|オメガ シーマスター ダイバー300M 210.30.42.20.03.001|578,000|AB|箱|film|
W-10242|Patek Philippe|Nautilus|5711/1A-010|パテック フィリップ ノーチラス 5711/1A-010|14,800,000|A|箱・保証書(2017年)|film still:case_back|
W-10243|Patek Philippe|Calatrava|5196R-001|パテック フィリップ カラトラバ 5196R-001|2,780,000|AB|保証書(2012年)|still|
W-10244|Audemars Piguet|Royal Oak|15500ST.OO.1220ST.02|オーデマ ピゲ ロイヤルオーク 15500ST.OO.1220ST.02|5,480,000|A|箱・保証書(2021年)|film still:case_back|
W-10245|Cartier|Tank|WSTA0041|カルティエ タンク マスト LM WSTA0041|368,000|S|箱・保証書(2024年)|film|
W-10246|Cartier|Santos|WSSA0029|カルティエ サントス ドゥ カルティエ MM WSSA0029|798,000|A|箱・保証書(2023年)|film|
W-10247|Tudor|Black Bay|79030B|チューダー ブラックベイ58 79030B|438,000|A|保証書(2021年)|still|
W-10248|IWC|Portugieser|IW371605|IWC ポルトギーゼ クロノグラフ IW371605|758,000|A|箱・保証書(2021年)|film|
W-10249|Panerai|Luminor|PAM01312|パネライ ルミノール マリーナ PAM01312|698,000|AB|箱||
W-10250|Grand Seiko|Heritage|SBGA211|グランドセイコー ヘリテージコレクション SBGA211|498,000|A|箱・保証書(2022年)|still|
W-10251|Patek Philippe|Aquanaut|5167R-001|パテック フィリップ アクアノート 5167R-001|11,800,000|S|箱・保証書(2023年)|film still:case_back|unlisted
W-10252|Jaeger-LeCoultre|Reverso|Q3858520|ジャガー・ルクルト レベルソ クラシック Q3858520|648,000|AB|箱|still|
W-10253|Rolex|Day-Date|228238|ロレックス デイデイト40 228238|5,180,000|A|箱・保証書(2019年)|still|
"""
_WATCH_LOOKS: tuple[Look, ...] = (
    _DAYTONA, _DIVER, _DIVER_NO_DATE, _GMT, _DATEJUST, _PLAIN_BLACK, _CHRONO_BLACK, _DIVER_BLUE,
    _OCTAGON_BLUE, _DRESS_ROSE, _OCTAGON_GREY, _TANK, _SANTOS, _DIVER_BLUE, _PORTUGIESER, _LUMINOR,
    _SNOW, _SPORT_BROWN, _REVERSO, _DAY_DATE,
)  # fmt: skip

_DIAMONDS = """
D-30001|GIA|Round brilliant 1.02 ct D VVS1 3EX||ダイヤモンド ルース 1.02ct D VVS1 3EX GIA鑑定書付|1,880,000|A|GIA鑑定書|film still:girdle|
D-30002|GIA|Round brilliant 0.71 ct F VS1 EX||ダイヤモンド ルース 0.71ct F VS1 EX GIA鑑定書付|498,000|A|GIA鑑定書|still|
D-30003|GIA|Emerald cut 2.01 ct G VS2||エメラルドカット ダイヤモンド ルース 2.01ct G VS2 GIA鑑定書付|2,680,000|A|GIA鑑定書|film|
D-30004|Tiffany & Co.|Tiffany Setting ring 0.53 ct F VS1||ティファニー セッティング リング Pt950 0.53ct F VS1 9号|398,000|AB|箱・鑑定書|film still:prong|
D-30005|Cartier|1895 solitaire ring 0.40 ct E VVS2||カルティエ 1895 ソリテール リング Pt950 0.40ct E VVS2 8号|348,000|A|箱・証明書|still|
D-30006|Harry Winston|Round solitaire ring 1.05 ct E VVS2||ハリー・ウィンストン ラウンド ソリテール リング Pt950 1.05ct E VVS2|2,980,000|A|箱・鑑定書||
D-30007|GIA|Pear shape 1.50 ct H VS1||ペアシェイプ ダイヤモンド ルース 1.50ct H VS1 GIA鑑定書付|1,280,000|A|GIA鑑定書|film|
D-30008|GIA|Oval 1.21 ct F SI1||オーバル ダイヤモンド ルース 1.21ct F SI1 GIA鑑定書付|848,000|A|GIA鑑定書||
"""
_DIAMOND_LOOKS: tuple[Look, ...] = (
    Stone(), Stone(), Stone(Cut.EMERALD), Stone(Cut.ROUND, PLATINUM), Stone(Cut.ROUND, PLATINUM),
    Stone(Cut.ROUND, PLATINUM), Stone(Cut.PEAR), Stone(Cut.OVAL),
)  # fmt: skip

_BAGS = """
B-20011|Hermès|Birkin|Birkin 25|エルメス バーキン25 トゴ エトゥープ ゴールド金具|3,480,000|A|箱・保存袋・カデナ||
B-20012|Hermès|Birkin|Birkin 30|エルメス バーキン30 トゴ ブラック シルバー金具|2,480,000|AB|保存袋・カデナ|film still:corner|
B-20013|Hermès|Kelly|Kelly 28|エルメス ケリー28 内縫い ヴォーエプソン ルージュアッシュ|2,780,000|A|箱・保存袋・ストラップ|film still:corner|
B-20014|Hermès|Constance|Constance 24|エルメス コンスタンス24 ヴォーエバーカラー ゴールド|2,180,000|S|箱・保存袋|film|
B-20015|Hermès|Garden Party|Garden Party 36|エルメス ガーデンパーティ36 ネゴンダ カンファー|378,000|AB|保存袋|still|
B-20016|Chanel|Classic Flap|A01112|シャネル クラシックフラップ25 キャビアスキン ブラック A01112|1,380,000|A|箱・保存袋・ギャランティカード|film still:hardware|
B-20017|Chanel|Boy Chanel|A67086|ボーイシャネル25 カーフ グレー A67086|598,000|AB|保存袋|film|
B-20018|Louis Vuitton|Neverfull|M40995|ルイ・ヴィトン ネヴァーフル MM モノグラム M40995|198,000|AB|保存袋|film still:handle|
B-20019|Louis Vuitton|Speedy|M41108|ルイ・ヴィトン スピーディ30 モノグラム M41108|118,000|B|保存袋|still|
B-20020|Dior|Lady Dior|M0565|レディ ディオール ミディアム ラムスキン ローズ M0565|548,000|A|箱・保存袋・ストラップ||
B-20021|Prada|Galleria|1BA274|プラダ ガレリア サフィアーノ ネイビー 1BA274|228,000|A|保存袋・ストラップ|still|
B-20022|Hermès|Picotin|Picotin 18|エルメス ピコタンロック18 トリヨン オレンジ|468,000|A|箱・保存袋||preparing
"""
_BAG_LOOKS: tuple[Look, ...] = (
    _BIRKIN_GREY, _BIRKIN_BLACK, _KELLY_RED, _CONSTANCE, _GARDEN, _FLAP_BLACK, _FLAP_GREY, _TOTE,
    _BOSTON, _FLAP_ROSE, _GALLERIA, _PICOTIN,
)  # fmt: skip

_APPAREL = """
A-40001|Max Mara|101801 Icon coat||マックスマーラ 101801 アイコンコート カシミヤ混 キャメル 40|198,000|A|替えボタン|film still:lining|
A-40002|Moncler|Maya down jacket||モンクレール マヤ ダウンジャケット ネイビー 2|128,000|AB||still|
A-40003|Burberry|Kensington trench coat||バーバリー ケンジントン トレンチコート ハニー 50|118,000|A|ベルト|film still:sleeve|
A-40004|Chanel|Tweed jacket||シャネル ツイードジャケット アイボリー 38|398,000|A|替えボタン|film|
A-40005|Saint Laurent|Double-breasted coat||サンローラン ダブルブレストコート ウール ブラック 48|148,000|A|||
A-40006|Celine|Wool coat||セリーヌ シングルコート ウール ネイビー 46|138,000|AB||still|
A-40007|Hermès|Cashmere knit jacket||エルメス ニットジャケット カシミヤ ベージュ 38|248,000|A|||
"""
_APPAREL_LOOKS: tuple[Look, ...] = (
    _CAMEL, _DOWN, _TRENCH, _TWEED, _BLACK_COAT, _NAVY_COAT, _CREAM_JACKET,
)  # fmt: skip

_COLUMNS = (
    "code",
    "brand",
    "model",
    "reference",
    "title",
    "price",
    "grade",
    "accessories",
    "shots",
    "state",
)


def _read(category: str, written: str, looks: Sequence[Look]) -> list[Piece]:
    found = []
    for row, look in zip(written.strip().splitlines(), looks, strict=True):
        cells = dict(zip(_COLUMNS, row.split("|"), strict=True))
        found.append(Piece(parse({"category": category, **cells}), look, _shots(cells["shots"])))
    return found


PIECES: tuple[Piece, ...] = (
    *_read("watch", _WATCHES, _WATCH_LOOKS),
    *_read("diamond", _DIAMONDS, _DIAMOND_LOOKS),
    *_read("bag", _BAGS, _BAG_LOOKS),
    *_read("apparel", _APPAREL, _APPAREL_LOOKS),
)

# What the texts of the demo speak of.
SHOWN_FIRST = "W-10234"  # has a film, and pictures of its parts
NOT_FILMED = "W-10240"  # its film is the one to be dropped into the hot folder
FOR_RETAILER = "W-10251"  # not listed; only the retailer sees it


def piece(code: str) -> Piece:
    """The piece with that code."""
    return next(each for each in PIECES if each.line.code == code)
