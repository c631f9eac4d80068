"""회원에 관한 문언."""

from collections.abc import Sequence

lang = "ko"

_CATEGORIES = {
    "service": "거래 관련 연락",
    "credit_reminder": "스토어 크레딧 기한 안내",
    "marketing": "신상품·이벤트 소식",
}
_SHORT = {"credit_reminder": "기한 안내", "marketing": "소식"}
_DEALS = {
    "order": "주문",
    "case": "매입 의뢰",
    "consignment": "위탁 중인 상품",
    "payment": "지급 예정 금액",
    "credit": "스토어 크레딧 잔액",
    "dispute": "상태 불일치 신고",
}


def link_heading() -> str:
    return "회원 정보 연동"


def link_note() -> str:
    return (
        "주문 번호와 등록하신 이메일 주소를 준비해 주세요. 등록된 연락처로 6자리 확인 번호를 보내 "
        "드립니다. 링크는 24시간 유효하며 이 대화 전용입니다. 다른 분께 전달하지 마세요."
    )


def button_begin_link() -> str:
    return "진행하기"


def only_in_private() -> str:
    return "고객님의 개인 정보에 관한 내용이므로 저희와의 1:1 대화에서 말씀해 주세요."


def linked() -> str:
    return (
        "회원 정보 연동이 완료되었습니다. 이제 스토어 "
        "크레딧, 주문, 위탁 등을 여기서 안내해 드립니다. "
        "연동은 언제든지 아래 버튼으로 해제하실 수 있습니다."
    )


def came_along(
    *, cases: Sequence[str], consignments: Sequence[str], orders: Sequence[str], credit: str | None
) -> str:
    told = [
        ("매입 의뢰", cases),
        ("위탁 중인 상품", consignments),
        ("주문", orders),
        ("스토어 크레딧", [credit] if credit else []),
    ]
    lines = [f"・{name}: {', '.join(each)}" for name, each in told if each]
    return "\n".join(["지금까지 여기에서 진행하신 내용도 회원 정보에 합쳤습니다.", *lines])


def linked_already() -> str:
    return "회원 정보가 이미 연동되어 있습니다. 보고 싶으신 내용을 선택해 주세요."


def button_own_page() -> str:
    return "마이 페이지"


def own_page_note(until: str) -> str:
    return (
        "상품, 거래, 스토어 크레딧, 서류, 설정을 보실 수 있습니다. "
        f"링크는 {until}까지 유효합니다. 다른 분께 전달하지 마세요."
    )


def button_open() -> str:
    return "열기"


def button_unlink() -> str:
    return "연동 해제"


def ask_unlink() -> str:
    return (
        "이 대화와 회원 정보의 연동을 해제합니다. 스토어 "
        "크레딧이나 주문을 여기서 안내해 드릴 수 없게 "
        "됩니다. 회원 정보 자체는 유지됩니다. 해제할까요?"
    )


def label_unlink() -> str:
    return "해제하기"


def unlinked() -> str:
    return "연동을 해제했습니다. 언제든지 다시 연동하실 수 있습니다."


def was_not_linked() -> str:
    return "이 대화는 회원 정보와 연동되어 있지 않습니다."


def code_subject() -> str:
    return "회원 정보 연동 확인 번호"


def code_mail(code: str, *, minutes: int) -> str:
    return (
        f"확인 번호: {code}\n\n"
        f"회원 정보 연동을 위한 번호입니다. {minutes}분 이내에 진행 화면에 입력해 주세요.\n"
        "저희 직원이 이 번호를 여쭙는 일은 없습니다.\n"
        "요청하신 적이 없다면 아무것도 하지 마시고 이 메일을 삭제해 주세요. "
        "회원 정보는 변경되지 않습니다.\n"
    )


def notices_heading() -> str:
    return "수신 설정"


def notices_note() -> str:
    return "거래 관련 연락은 진행 중인 절차에 필요하므로 중지할 수 없습니다."


def notices_of_visitor() -> str:
    return (
        "이 대화에서는 문의에 대한 답변만 보내 드리며 광고는 보내지 않습니다. "
        "회원 정보를 연동하시면 종류별로 설정하실 수 있습니다."
    )


def notices_about(category: str) -> str:
    return _CATEGORIES[category]


def notices_always() -> str:
    return "항상 발송"


def notices_state(*, given: bool) -> str:
    return "받는 중" if given else "중지됨"


def button_notices(category: str, *, given: bool) -> str:
    return f"{_SHORT[category]} {'받기' if given else '중지'}"


def ask_notices(category: str, *, given: bool) -> str:
    if given:
        return (
            f"앞으로 보내 드릴 내용: {_CATEGORIES[category]}. 언제든지 “수신 거부”라고 적어 주시면 "
            "중지합니다. 받으시겠습니까?"
        )
    return f"중지할 내용: {_CATEGORIES[category]}. 중지할까요?"


def label_stop() -> str:
    return "중지하기"


def label_start() -> str:
    return "받기"


def notices_set(category: str, *, given: bool) -> str:
    done = "보내 드리겠습니다" if given else "중지했습니다"
    return f"{_CATEGORIES[category]}: {done}."


def which_language() -> str:
    return "원하시는 언어를 선택해 주세요."


def language_name() -> str:
    return "한국어"


def button_register_language() -> str:
    return "알림도 한국어로"


def language_registered() -> str:
    return "앞으로 저희가 보내는 알림도 한국어로 보내 드리겠습니다."


def data_heading() -> str:
    return "보관 중인 정보"


def data_note(*, is_customer: bool) -> str:
    if is_customer:
        return (
            "고객님의 정보를 파일로 받으시거나 삭제하실 수 있습니다. "
            "내용 정정은 담당자가 도와드립니다."
        )
    return (
        "이 대화의 기록과 보내 주신 파일을 보관하고 있습니다. 파일로 받거나 삭제하실 수 있습니다."
    )


def button_export() -> str:
    return "데이터 받기"


def export_note(until: str) -> str:
    return (
        "보관 중인 정보를 하나의 파일로 드립니다. "
        f"링크는 {until}까지 한 번만 유효합니다. 다른 분께 전달하지 마세요."
    )


def button_erase() -> str:
    return "데이터 삭제"


def ask_erase(*, is_customer: bool, open_deals: Sequence[str]) -> str:
    if not is_customer:
        return "이 대화의 기록과 보내 주신 파일을 삭제합니다. 되돌릴 수 없습니다. 삭제할까요?"
    told = (
        "대화 기록, 보내 주신 파일, 취향, 성함과 연락처를 삭제하고 연동을 해제합니다. "
        "되돌릴 수 없습니다.\n"
        "중고품 거래 대장, 본인 확인 기록, 주문과 지급 장부, 분쟁이나 경찰 보전에 관한 기록, "
        "감정이나 신고의 증거로 남긴 사진·영상은 "
        "법령이 정한 기간 동안 봉인하여 보관한 후 삭제합니다."
    )
    if open_deals:
        told += (
            f"\n진행 중인 거래({_deals(open_deals)})가 있어 성함과 연락처, 연동은 모든 거래가 "
            "끝날 때까지 남기고, 끝나는 대로 자동으로 삭제합니다."
        )
    return told + "\n삭제할까요?"


def label_erase() -> str:
    return "삭제하기"


def erased(*, open_deals: Sequence[str]) -> str:
    if open_deals:
        return (
            "대화 기록과 보내 주신 파일을 삭제했습니다. "
            f"진행 중인 거래({_deals(open_deals)})가 끝나면 성함과 연락처도 자동으로 삭제합니다."
        )
    return (
        "삭제했습니다. 법령에 따라 보관하는 기록은 보존 기간이 끝나는 대로 삭제합니다. "
        "그동안 이용해 주셔서 감사합니다."
    )


def _deals(open_deals: Sequence[str]) -> str:
    return ", ".join(_DEALS[each] for each in open_deals)


def ask_taste(words: str) -> str:
    return (
        f"“{words}”, 고객님의 취향으로 기록해 둘까요? "
        "추천에 활용하며 언제든지 보시고 삭제하실 수 있습니다."
    )


def label_keep() -> str:
    return "기록하기"


def taste_kept(words: str) -> str:
    return f"“{words}”, 기록했습니다. 추천해 드릴 때 참고하겠습니다."


def button_tastes() -> str:
    return "내 취향 보기"


def tastes(words: Sequence[str]) -> str:
    if not words:
        return "기록해 둔 취향이 없습니다."
    told = "\n".join(f"・{each}" for each in words)
    return f"기록해 둔 취향입니다. 삭제하시려면 아래에서 선택해 주세요.\n{told}"


def button_forget(words: str) -> str:
    return f"삭제: {words if len(words) <= 15 else words[:14] + '…'}"


def taste_forgotten(words: str) -> str:
    return f"“{words}”, 삭제했습니다."
