"""상품에 대한 한국어."""

from collections.abc import Sequence

lang = "ko"

_STANDINGS = {
    "free": "판매 중",
    "talks": "상담 중",
    "yours": "고객님을 위해 보관 중",
    "sold": "판매 완료",
    "unlisted": "안내 가능(진열 전)",
    "ask": "문의해 주세요",
}
_AXES = {
    "case": "케이스",
    "bezel": "베젤",
    "crystal": "글라스",
    "dial": "다이얼·바늘",
    "bracelet": "브레이슬릿 늘어남",
    "clasp": "버클",
    "crown": "용두",
    "movement": "무브먼트",
    "water_test": "방수 검사",
    "four_c": "4C",
    "girdle": "거들",
    "fluorescence": "형광성",
    "finish": "마감",
    "setting": "마운트·프레임",
    "prongs": "프롱",
    "corners": "네 모서리",
    "handles": "핸들",
    "exterior": "외장",
    "edge_paint": "엣지 코팅",
    "hardware": "금속 장식",
    "interior": "안감",
    "odour": "냄새",
    "shape": "형태 변형",
    "fabric": "원단",
    "pilling": "보풀",
    "stains": "얼룩",
    "seams": "봉제선",
    "lining": "안감",
    "hem_cuff": "밑단·소매",
}
_CATEGORIES = {
    "watch": "시계",
    "diamond": "다이아몬드·주얼리",
    "bag": "가방·가죽 소품",
    "apparel": "의류",
}
_GRADES = {
    "N": "새 상품. 구성품이 모두 있고 스티커와 보호재도 그대로인 것",
    "S": "미사용품. 전시로 인한 아주 미세한 흔적이 있을 수 있음",
    "A": "약간 사용됨. 눈에 띄는 손상이 없음",
    "AB": "가벼운 사용감. 작은 흠집이나 스침이 보임",
    "B": "뚜렷한 사용감. 흠집과 스침이 눈에 보임",
    "BC": "사용감이 강함. 흠집과 손상이 많음",
    "C": "파손이나 큰 손상이 있으나 사용 가능",
    "J": "작동하지 않거나 부품용",
}
_OF_CATEGORY = {
    "watch": {
        "N": "미사용. 보증서·상자·보호 스티커가 모두 있음",
        "S": "미사용. 전시 흔적만 있음",
        "A": "가까이서 보이는 미세한 실선. 시간 정확도 양호",
        "AB": "케이스나 브레이슬릿에 옅은 스침. 찍힘 없음",
        "B": "스침과 작은 찍힘. 브레이슬릿이 조금 늘어남",
        "BC": "깊은 흠집이나 찍힘. 브레이슬릿 늘어남이 뚜렷함",
        "C": "글라스 깨짐이나 다이얼 손상 등. 작동은 함",
        "J": "작동하지 않거나 부품용",
    },
    "diamond": {
        "N": "미사용 나석 또는 제품. 감정서 있음",
        "S": "미사용. 프레임에 전시 흔적만 있음",
        "A": "스톤에 깨짐 없음. 프레임에 미세한 실선",
        "AB": "스톤에 깨짐 없음. 프레임에 옅은 스침",
        "B": "프레임 마모가 보임. 프롱은 스톤을 잘 잡고 있음",
        "BC": "거들에 작은 깨짐 또는 프롱 마모",
        "C": "스톤 깨짐이나 프레임 변형. 수리 권장",
        "J": "스톤이나 프레임이 파손되어 그대로는 사용 불가",
    },
    "bag": {
        "N": "미사용. 보호 필름과 구성품이 모두 있음",
        "S": "미사용. 전시 흔적만 있음",
        "A": "모서리·핸들·안감에 눈에 띄는 손상 없음",
        "AB": "모서리에 옅은 스침. 금속 장식에 미세한 실선",
        "B": "모서리 마모나 핸들 변색이 보임",
        "BC": "엣지 코팅 벗겨짐, 안감 오염 등 손상이 많음",
        "C": "찢어짐·끈적임·형태 변형이 있으나 사용 가능",
        "J": "사용 불가. 수리 또는 부품용",
    },
    "apparel": {
        "N": "미사용. 택이 붙어 있음",
        "S": "미사용. 착용해 본 정도의 흔적만 있음",
        "A": "거의 입지 않음. 보풀이나 얼룩 없음",
        "AB": "가벼운 착용감. 아주 작은 보풀 등",
        "B": "보풀·색바램·옅은 얼룩이 보임",
        "BC": "얼룩이나 마모가 많음. 안감 손상",
        "C": "찢어짐이나 큰 얼룩이 있으나 착용 가능",
        "J": "착용 불가. 원단이나 부품용",
    },
}
_SCORES = (
    "파손 또는 작동 불가",
    "심함. 한눈에 보임",
    "눈에 보임",
    "가벼움. 손에 들면 보임",
    "아주 미세함. 가까이서 보임",
    "손상 없음",
)
_ODOUR = ("강함", "느껴짐", "희미함", "없음")


def availability(standing: str, *, until: str | None) -> str:
    told = _STANDINGS.get(standing, _STANDINGS["ask"])
    return told if until is None else f"{told}({until}까지)"


def label_media() -> str:
    return "기록"


def label_parts() -> str:
    return "촬영된 부위"


def label_accessories() -> str:
    return "구성품"


def label_reference() -> str:
    return "레퍼런스"


def label_size() -> str:
    return "사이즈"


def label_colour() -> str:
    return "색상"


def listed(told: Sequence[str]) -> str:
    return ", ".join(told)


def not_recorded() -> str:
    return "기록 없음"


def rest_by_a_person() -> str:
    return (
        "연식, 수리 이력, 정품 여부 등 여기에 기록되지 않은 사항은 추측하지 않고 담당자가 "
        "실물을 확인한 뒤 답변드립니다."
    )


def last_one() -> str:
    return "같은 모델 중 현재 안내해 드릴 수 있는 것은 이 한 점뿐입니다."


def price_note() -> str:
    return "할인이나 결제 방법은 담당자가 상담해 드립니다."


def price_by_a_person() -> str:
    return "가격은 담당자가 안내해 드립니다."


def button_still() -> str:
    return "사진 보기"


def button_all_parts() -> str:
    return "부위 선택"


def button_similar() -> str:
    return "같은 모델의 다른 상태"


def button_details() -> str:
    return "구성품·상세"


def button_grade() -> str:
    return "등급 설명"


def button_sample(grade: str) -> str:
    return f"{grade} 등급 예시"


def button_another_shot() -> str:
    return "다른 컷 요청"


def on_hand(count: int, *, is_cut: bool) -> str:
    if is_cut:
        return (
            f"최신순으로 {count}점을 보여 드립니다. 브랜드, 모델, 예산을 적어 주시면 좁혀 드립니다."
        )
    return f"안내해 드릴 수 있는 상품은 {count}점입니다."


def none_on_hand() -> str:
    return "조건에 맞는 상품이 현재 없습니다."


def button_any_price() -> str:
    return "다른 가격·등급도 보기"


def similar(title: str, count: int) -> str:
    return (
        f"{title} 상품과 같은 모델의 상품이 {count}점 "
        "더 있습니다. 등급과 가격 순으로 보여 드립니다."
    )


def none_similar(title: str) -> str:
    return f"{title} 상품과 같은 모델의 다른 상품은 없습니다."


def several(count: int) -> str:
    return f"{count}점을 함께 보내 드립니다."


def several_by_tap(count: int) -> str:
    return f"{count}점을 보여 드립니다. 보고 싶은 상품의 ‘영상 보기’를 눌러 주세요."


def which_grade() -> str:
    return "어떤 등급이 궁금하신가요?"


def grade_meaning(grade: str, category: str | None) -> str:
    general = _GRADES[grade]
    if category is None:
        return f"{grade} 등급: {general}."
    cat, own = _CATEGORIES[category], _OF_CATEGORY[category][grade]
    return f"{grade} 등급: {general}.\n{cat}: {own}."


def grade_of_piece(title: str, grade: str, *, is_provisional: bool) -> str:
    if is_provisional:
        return f"{title} 상품은 사진으로 본 임시 등급 {grade}입니다. 실물 확인 후 확정됩니다."
    return f"{title}의 등급은 {grade}입니다."


def category(category: str) -> str:
    return _CATEGORIES.get(category, category)


def axis(axis: str) -> str:
    return _AXES.get(axis, axis)


def score(axis: str, score: int) -> str:
    return (_ODOUR if axis == "odour" else _SCORES)[score]


def findings(told: Sequence[tuple[str, str]]) -> str:
    rows = "\n".join(f"· {a}: {s}" for a, s in told)
    return f"감정 기록입니다.\n{rows}"


def no_findings() -> str:
    return "감정 기록에 눈에 띄는 손상은 없습니다."


def no_grading(title: str) -> str:
    return f"{title}의 항목별 감정 기록은 아직 없습니다."


def grade_of_before(grade: str) -> str:
    return f"{grade} 등급은 지난번에 보관했을 때의 평가입니다."


def no_sample(grade: str) -> str:
    return f"{grade} 등급의 예시 상품이 현재 준비되어 있지 않습니다."


def part_recorded(title: str, part: str) -> str:
    return f"{title}의 {part}에 대한 감정 기록을 알려 드립니다."


def part_not_recorded(title: str, part: str) -> str:
    return f"{title}의 {part}에 대한 손상 기록은 없습니다. 영상이나 사진으로 확인해 주세요."


def another_shot(title: str, what: str, promised: str) -> str:
    return (
        f"알겠습니다. {title}의 {what}을 새로 촬영하여 {promised}경까지 이곳으로 보내 드리겠습니다."
    )


def another_shot_arranged(title: str, what: str, promised: str) -> str:
    return (
        f"{title}의 {what}은 새 촬영이 예약되어 있습니다. {promised}경까지 이곳으로 보내"
        " 드리겠습니다."
    )


def button_still_of_film() -> str:
    return "정지 화면 받기"


def which_moment(title: str, length: str, example: str) -> str:
    return (
        f'{title} 동영상의 어느 장면을 정지 화면으로 보내 드릴까요? 아래에서 고르시거나 "{example} '
        f'정지 화면"처럼 적어 주세요(동영상 길이 {length}).'
    )


def still_being_made(title: str, clock: str) -> str:
    return (
        f"알겠습니다. {title} 동영상 {clock}의 정지 화면을 준비하고 있습니다. 곧 이곳으로 보내"
        " 드리겠습니다."
    )


def still_of_film(title: str, clock: str) -> str:
    return f"{title} 동영상 {clock}의 정지 화면입니다."


def no_still(title: str) -> str:
    return (
        f"죄송합니다. {title} 동영상의 정지 화면을 준비하지 못했습니다. 담당자가 도와드리겠습니다."
    )
