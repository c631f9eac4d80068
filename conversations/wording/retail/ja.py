"""取り置き・リンク・お知らせ・取引先についての日本語。"""

from collections.abc import Sequence

lang = "ja"


def one_to_one() -> str:
    return "恐れ入りますが、この件はグループではなく、1対1のトークで承ります。"


def hold_question(title: str, code: str, until: str) -> str:
    return f"{title}({code})を、{until}までお取り置きいたします。よろしいでしょうか。"


def hold_placed(title: str, code: str, until: str) -> str:
    return (
        f"承知いたしました。{title}({code})を、{until}までお取り置きしております。"
        "期限を過ぎますと自動で解除されます。"
    )


def hold_standing(title: str, code: str, until: str) -> str:
    return f"{title}({code})は、{until}までお取り置きしております。"


def hold_taken(title: str) -> str:
    return (
        f"申し訳ございません。{title}は、ただいまほかのお客様と商談中のため、お取り置きでき"
        "ません。空いたときのお知らせを承ります。"
    )


def hold_not_now(title: str) -> str:
    return (
        f"申し訳ございません。{title}は、ただいまお取り置きを承れない状態です。"
        "担当者が確認いたします。"
    )


def hold_too_long(until: str) -> str:
    return (
        f"お取り置きを承れるのは、{until}までです。"
        "その期限でよろしければ、下のボタンを押してください。"
    )


def hold_release_question(title: str, code: str, until: str) -> str:
    return f"{title}({code})の、{until}までのお取り置きを解除いたします。よろしいでしょうか。"


def hold_released(title: str) -> str:
    return f"{title}のお取り置きを解除いたしました。"


def hold_over() -> str:
    return "そのお取り置きは、すでに終了しております。"


def holds(told: Sequence[tuple[str, str, str]]) -> str:
    rows = [f"・{code} {title}: {until}まで" for code, title, until in told]
    return "\n".join(["お取り置き中の商品です。", *rows])


def no_holds() -> str:
    return "お取り置き中の商品は、ただいまございません。"


def button_hold() -> str:
    return "取り置く"


def button_extend() -> str:
    return "延長する"


def button_release() -> str:
    return "解除する"


def button_holds() -> str:
    return "取り置き一覧"


def link_question(title: str, code: str, until: str) -> str:
    return (
        f"{title}({code})のお客様用リンクを作成いたします。価格は載らず、{until}に自動で閉じ"
        "ます。よろしいでしょうか。"
    )


def link_made(title: str, url: str, until: str, count: int) -> str:
    return (
        f"{title}のお客様用リンクです。{until}までご覧いただけます(記録 {count}点)。"
        f"このままお客様へお送りください。\n{url}"
    )


def link_locked(title: str, url: str, until: str, count: int) -> str:
    return (
        f"{title}のお客様用リンクを、暗証番号付きに取り替えました。先ほどのリンクは閉じております。"
        f"{until}までご覧いただけます(記録 {count}点)。"
        f"暗証番号は、リンクとは別の方法でお客様へお伝えください。\n{url}"
    )


def link_pin(pin: str) -> str:
    return f"暗証番号: {pin}"


def link_told_before() -> str:
    return "そのリンクはすでに作成し、お送りしております。一覧からご確認いただけます。"


def link_nothing(title: str) -> str:
    return (
        f"{title}には、お渡しできる動画・写真がまだございません。"
        "撮影が済みましたらリンクを作成できます。"
    )


def link_too_long(until: str) -> str:
    return (
        f"リンクをご利用いただけるのは、{until}までです。"
        "その期限でよろしければ、下のボタンを押してください。"
    )


def link_by_a_person() -> str:
    return "この商品のリンクは担当者がご用意いたします。おつなぎしてよろしいでしょうか。"


def links(told: Sequence[tuple[str, str, str, int]], more: int) -> str:
    rows = [
        f"・{code} {title}: {until}まで(閲覧 {opened}回)" for code, title, until, opened in told
    ]
    rest = [f"ほか{more}件ございます。"] if more else []
    return "\n".join(["公開中のお客様用リンクです。", *rows, *rest])


def links_looked(told: Sequence[tuple[str, str, int, str | None, bool]], more: int) -> str:
    rows = []
    for code, title, opened, last, is_open in told:
        when = f"(最終 {last})" if last else ""
        rows.append(f"・{code} {title}: {opened}回{when}{'' if is_open else '・終了'}")
    rest = [f"ほか{more}件ございます。"] if more else []
    return "\n".join(["お渡しになったリンクの閲覧回数です。", *rows, *rest])


def no_links_made() -> str:
    return "お渡しになったお客様用リンクは、まだございません。"


def no_links() -> str:
    return "公開中のお客様用リンクは、ただいまございません。"


def link_closed() -> str:
    return "リンクを閉じました。これより先は、どなたもご覧になれません。"


def link_over() -> str:
    return "そのリンクは、すでに閉じております。"


def button_link() -> str:
    return "お客様用リンク"


def button_make_link() -> str:
    return "作成する"


def button_open_link() -> str:
    return "ページを開く"


def button_close_link(code: str) -> str:
    return f"{code}を閉じる"


def button_add_pin() -> str:
    return "PINを付ける"


def button_links() -> str:
    return "リンク一覧"


def joined(firm: str) -> str:
    return (
        f"{firm}様としてご利用いただけるようになりました。"
        "「W-10234の動画」「W-10234 取り置き」「預かり一覧」のようにお書きください。"
        "夜間もお答えします。"
    )


def code_wrong() -> str:
    return (
        "この招待コードはご利用いただけません。コードをお確かめのうえ、1対1のトークでお送り"
        "いただくか、担当者へお申し付けください。"
    )


def loans(told: Sequence[tuple[str, str, str, str | None]]) -> str:
    rows = [
        f"・{code} {title} {since}から" + (f"、返却予定 {due}" if due else "")
        for code, title, since, due in told
    ]
    return "\n".join(["お預けしている商品です。", *rows])


def no_loans() -> str:
    return "お預けしている商品は、ただいまございません。"


def watching(title: str) -> str:
    return f"承知いたしました。{title}の価格の変更・新しい動画・売約を、こちらへお知らせします。"


def not_watching(title: str) -> str:
    return f"{title}のお知らせを止めました。"


def watches(told: Sequence[tuple[str, str]]) -> str:
    rows = [f"・{code} {title}" for code, title in told]
    return "\n".join(["お知らせを承っている商品です。", *rows])


def no_watches() -> str:
    return "お知らせを承っている商品は、ただいまございません。"


def button_watch() -> str:
    return "お知らせを受ける"


def button_unwatch(code: str) -> str:
    return f"{code}を止める"


def button_watches() -> str:
    return "お知らせ一覧"


def wish_what() -> str:
    return "どのような商品をお探しでしょうか。ブランド名・型名・ご予算をお書きください。"


def wish_question(what: str) -> str:
    return (
        f"{what}が入荷したとき、またはご希望の価格になったときに、こちらへお知らせします。"
        "よろしいでしょうか。"
    )


def wish_kept(what: str) -> str:
    return f"承知いたしました。{what}が見つかりましたら、こちらへお知らせします。"


def wish_there(count: int) -> str:
    return f"なお、ご希望に合う商品は、ただいま{count}点ございます。"


def wishes(told: Sequence[str]) -> str:
    rows = [f"{n}. {what}" for n, what in enumerate(told, 1)]
    return "\n".join(["お探しの品として承っている内容です。", *rows])


def no_wishes() -> str:
    return "お探しの品として承っている内容は、ただいまございません。"


def wish_forgotten() -> str:
    return "承知いたしました。このお探しの品のお知らせを終了しました。"


def wish_over() -> str:
    return "そのお探しの品は、すでに終了しております。"


def wishes_full() -> str:
    return (
        "お探しの品は20件まで承っております。一覧から不要なものを終了してからお申し付けください。"
    )


def budget(amount: str) -> str:
    return f"{amount}以下"


def grade_or_better(grade: str) -> str:
    return f"ランク{grade}以上"


def button_wish() -> str:
    return "入荷を知らせる"


def button_keep_wish() -> str:
    return "登録する"


def button_forget(number: int) -> str:
    return f"{number}番を終了"


def button_wishes() -> str:
    return "お探しの品一覧"
