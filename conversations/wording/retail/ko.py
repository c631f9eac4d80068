"""보관, 링크, 알림, 거래처에 대한 한국어."""

from collections.abc import Sequence

lang = "ko"


def one_to_one() -> str:
    return "죄송하지만 이 용건은 그룹이 아닌 1:1 채팅에서 도와드립니다."


def hold_question(title: str, code: str, until: str) -> str:
    return f"{title}({code}) 상품을 {until}까지 보관해 드릴까요?"


def hold_placed(title: str, code: str, until: str) -> str:
    return (
        f"알겠습니다. {title}({code}) 상품을 {until}까지 보관합니다. 기한이 지나면 자동으로 "
        "해제됩니다."
    )


def hold_standing(title: str, code: str, until: str) -> str:
    return f"{title}({code}) 상품은 {until}까지 보관 중입니다."


def hold_taken(title: str) -> str:
    return (
        f"죄송합니다. {title} 상품은 현재 다른 고객님과 상담 중이라 보관해 드릴 수 없습니다. "
        "소식이 있으면 알려 드릴 수 있습니다."
    )


def hold_not_now(title: str) -> str:
    return (
        f"죄송합니다. {title} 상품은 현재 보관을 받을 수 없는 상태입니다. 담당자가 확인하겠습니다."
    )


def hold_too_long(until: str) -> str:
    return f"보관은 {until}까지 가능합니다. 괜찮으시면 아래 버튼을 눌러 주세요."


def hold_release_question(title: str, code: str, until: str) -> str:
    return f"{title}({code})의 {until}까지의 보관을 해제할까요?"


def hold_released(title: str) -> str:
    return f"{title}의 보관을 해제했습니다."


def hold_over() -> str:
    return "그 보관은 이미 종료되었습니다."


def holds(told: Sequence[tuple[str, str, str]]) -> str:
    rows = [f"· {code} {title}: {until}까지" for code, title, until in told]
    return "\n".join(["보관 중인 상품입니다.", *rows])


def no_holds() -> str:
    return "현재 보관 중인 상품이 없습니다."


def button_hold() -> str:
    return "보관하기"


def button_extend() -> str:
    return "연장하기"


def button_release() -> str:
    return "해제하기"


def button_holds() -> str:
    return "보관 목록"


def link_question(title: str, code: str, until: str) -> str:
    return (
        f"{title}({code})의 고객용 페이지를 만듭니다. 가격은 표시되지 않으며 {until}에 자동"
        "으로 닫힙니다. 진행할까요?"
    )


def link_made(title: str, url: str, until: str, count: int) -> str:
    return (
        f"{title}의 고객용 페이지입니다. {until}까지 볼 수 있습니다(기록 {count}점). 그대로 "
        f"고객님께 보내 주세요.\n{url}"
    )


def link_locked(title: str, url: str, until: str, count: int) -> str:
    return (
        f"{title}의 고객용 페이지를 PIN이 필요한 링크로 바꾸었습니다. 이전 링크는 닫혔습니다. "
        f"{until}까지 볼 수 있습니다(기록 {count}점). PIN은 링크와 다른 방법으로 고객님께 알려 "
        f"주세요.\n{url}"
    )


def link_pin(pin: str) -> str:
    return f"PIN: {pin}"


def link_told_before() -> str:
    return "그 페이지는 이미 만들어 보내 드렸습니다. 목록에서 확인하실 수 있습니다."


def link_nothing(title: str) -> str:
    return (
        f"{title}에는 아직 전달할 영상이나 사진이 없습니다. 촬영이 끝나면 페이지를 만들 수"
        " 있습니다."
    )


def link_too_long(until: str) -> str:
    return f"페이지는 {until}까지 공개할 수 있습니다. 괜찮으시면 아래 버튼을 눌러 주세요."


def link_by_a_person() -> str:
    return "이 상품의 링크는 담당자가 준비해 드립니다. 연결해 드릴까요?"


def links(told: Sequence[tuple[str, str, str, int]], more: int) -> str:
    rows = [
        f"· {code} {title}: {until}까지(열람 {opened}회)" for code, title, until, opened in told
    ]
    rest = [f"그 외 {more}건이 있습니다."] if more else []
    return "\n".join(["공개 중인 페이지입니다.", *rows, *rest])


def links_looked(told: Sequence[tuple[str, str, int, str | None, bool]], more: int) -> str:
    rows = []
    for code, title, opened, last, is_open in told:
        when = f"(최근 {last})" if last else ""
        rows.append(f"· {code} {title}: {opened}회{when}{'' if is_open else ' · 종료'}")
    rest = [f"그 외 {more}건이 있습니다."] if more else []
    return "\n".join(["전달하신 페이지의 열람 횟수입니다.", *rows, *rest])


def no_links_made() -> str:
    return "아직 전달하신 페이지가 없습니다."


def no_links() -> str:
    return "현재 공개 중인 페이지가 없습니다."


def link_closed() -> str:
    return "페이지를 닫았습니다. 이제 아무도 볼 수 없습니다."


def link_over() -> str:
    return "그 페이지는 이미 닫혔습니다."


def button_link() -> str:
    return "고객용 페이지"


def button_make_link() -> str:
    return "만들기"


def button_open_link() -> str:
    return "페이지 열기"


def button_close_link(code: str) -> str:
    return f"{code} 닫기"


def button_add_pin() -> str:
    return "PIN 추가"


def button_links() -> str:
    return "페이지 목록"


def joined(firm: str) -> str:
    return (
        f"이제 {firm} 계정으로 이용하실 수 있습니다. "
        "“W-10234 영상”, “W-10234 보관해 주세요”처럼 적어 주세요. 야간에도 답변드립니다."
    )


def code_wrong() -> str:
    return (
        "이 초대 코드는 사용할 수 없습니다. 코드를 확인하신 뒤 1:1 채팅으로 보내 주시거나 "
        "담당자에게 말씀해 주세요."
    )


def loans(told: Sequence[tuple[str, str, str, str | None]]) -> str:
    rows = [
        f"· {code} {title} {since}부터" + (f", 반환 예정 {due}" if due else "")
        for code, title, since, due in told
    ]
    return "\n".join(["맡겨 드린 상품입니다.", *rows])


def no_loans() -> str:
    return "현재 맡겨 드린 상품이 없습니다."


def watching(title: str) -> str:
    return f"알겠습니다. {title}의 가격 변경, 새 영상, 판매 소식을 이곳으로 알려 드립니다."


def not_watching(title: str) -> str:
    return f"{title}의 알림을 중지했습니다."


def watches(told: Sequence[tuple[str, str]]) -> str:
    rows = [f"· {code} {title}" for code, title in told]
    return "\n".join(["알림을 받고 계신 상품입니다.", *rows])


def no_watches() -> str:
    return "현재 알림을 받고 계신 상품이 없습니다."


def button_watch() -> str:
    return "알림 받기"


def button_unwatch(code: str) -> str:
    return f"{code} 중지"


def button_watches() -> str:
    return "알림 목록"


def wish_what() -> str:
    return "어떤 상품을 찾으시나요? 브랜드, 모델, 예산을 적어 주세요."


def wish_question(what: str) -> str:
    return f"{what} 상품이 입고되거나 원하시는 가격이 되면 이곳으로 알려 드릴까요?"


def wish_kept(what: str) -> str:
    return f"알겠습니다. {what} 상품을 찾으면 이곳으로 알려 드립니다."


def wish_there(count: int) -> str:
    return f"참고로 조건에 맞는 상품이 현재 {count}점 있습니다."


def wishes(told: Sequence[str]) -> str:
    rows = [f"{n}. {what}" for n, what in enumerate(told, 1)]
    return "\n".join(["찾고 계신 내용입니다.", *rows])


def no_wishes() -> str:
    return "현재 찾고 계신 상품이 없습니다."


def wish_forgotten() -> str:
    return "알겠습니다. 이 상품의 알림을 종료했습니다."


def wish_over() -> str:
    return "그 내용은 이미 종료되었습니다."


def wishes_full() -> str:
    return "최대 20건까지 등록됩니다. 목록에서 필요 없는 것을 먼저 종료해 주세요."


def budget(amount: str) -> str:
    return f"{amount} 이하"


def grade_or_better(grade: str) -> str:
    return f"{grade} 등급 이상"


def button_wish() -> str:
    return "입고 알림"


def button_keep_wish() -> str:
    return "등록하기"


def button_forget(number: int) -> str:
    return f"{number}번 종료"


def button_wishes() -> str:
    return "찾는 상품"
