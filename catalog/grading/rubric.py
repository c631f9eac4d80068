"""What the grades mean, in the shop's words (状態ランクの定義, R-084, R-085): every grade, every
grade within a category, every score.

Data only; pages in other languages have their own catalogues under the same keys.
"""

from types import MappingProxyType

from catalog.grading.scale import Grade
from catalog.items.kinds import Category

GRADES = MappingProxyType(
    {
        Grade.N: "新品。付属品がすべて揃い、シールや保護材もそのままのもの",
        Grade.S: "未使用品。展示などによるごくわずかな跡があることがある",
        Grade.A: "わずかに使用されたもの。目立つ傷みがない",
        Grade.AB: "軽い使用感があるもの。小さな傷や擦れが見られる",
        Grade.B: "はっきりとした使用感があるもの。傷や擦れが見て分かる",
        Grade.BC: "使用感が強いもの。多くの傷や傷みがある",
        Grade.C: "破損や大きな傷みがあるが、使用できるもの",
        Grade.J: "動作しない、または部品取り用のもの",
    }
)
BY_CATEGORY = MappingProxyType(
    {
        Category.WATCH: {
            Grade.N: "未使用。保証書・箱・保護シールが揃う",
            Grade.S: "未使用。店頭での跡のみ",
            Grade.A: "近くで見て分かる程度の細かな線傷。精度良好",
            Grade.AB: "ケースやブレスに薄い擦れ。打痕なし",
            Grade.B: "擦れと小さな打痕。ブレスに軽い伸び",
            Grade.BC: "深い傷や打痕。ブレスの伸びが明らか",
            Grade.C: "風防の欠けや文字盤の傷みなど。動作はする",
            Grade.J: "動作しない、または部品取り",
        },
        Category.DIAMOND: {
            Grade.N: "未使用の裸石または製品。鑑定書付き",
            Grade.S: "未使用。枠に展示による跡のみ",
            Grade.A: "石に欠けなし。枠に細かな線傷",
            Grade.AB: "石に欠けなし。枠に薄い擦れ",
            Grade.B: "枠の摩耗が見て分かる。爪は石を保つ",
            Grade.BC: "ガードルに小さな欠け、または爪の摩耗",
            Grade.C: "石の欠けや枠の歪み。修理が望ましい",
            Grade.J: "石または枠が破損し、そのままでは使えない",
        },
        Category.BAG: {
            Grade.N: "未使用。保護フィルムと付属品が揃う",
            Grade.S: "未使用。展示による跡のみ",
            Grade.A: "角・持ち手・内装に目立つ傷みがない",
            Grade.AB: "角に薄い擦れ。金具に細かな線傷",
            Grade.B: "角擦れや持ち手の色の変化が見て分かる",
            Grade.BC: "コバの剥がれ、内装の汚れなど傷みが多い",
            Grade.C: "破れ・べたつき・型崩れがあるが使える",
            Grade.J: "使用に耐えず、修理または部品用",
        },
        Category.APPAREL: {
            Grade.N: "未使用。下げ札が付いたまま",
            Grade.S: "未使用。試着程度の跡のみ",
            Grade.A: "着用はわずか。毛玉やしみがない",
            Grade.AB: "軽い着用感。ごく小さな毛玉など",
            Grade.B: "毛玉・色あせ・薄いしみが見て分かる",
            Grade.BC: "しみや擦れが多い。裏地に傷み",
            Grade.C: "破れや大きなしみがあるが着用できる",
            Grade.J: "着用できない。生地や部品として",
        },
    }
)
SCORES = MappingProxyType(
    {
        5: "傷みなし",
        4: "ごくわずか。近くで見て分かる",
        3: "軽い。手に取ると分かる",
        2: "見て分かる",
        1: "強い。ひと目で分かる",
        0: "破損、または機能しない",
    }
)
ODOUR_SCORES = MappingProxyType({3: "なし", 2: "かすか", 1: "分かる", 0: "強い"})


def score_told(axis_id: str, score: int) -> str:
    """A score in words."""
    return (ODOUR_SCORES if axis_id == "odour" else SCORES)[score]
