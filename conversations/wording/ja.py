"""日本語の文言: what the bot says in Japanese, polite, short, one request per message."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from catalog.ground.calendar import TOKYO, tokyo_day

lang = "ja"

_WEEKDAYS = "月火水木金土日"
_PARTS = {
    "case_back": "裏蓋",
    "case": "ケース",
    "bezel": "ベゼル",
    "dial": "文字盤",
    "hands": "針",
    "crystal": "風防",
    "bracelet": "ブレスレット",
    "clasp": "クラスプ",
    "crown": "リューズ",
    "girdle": "ガードル",
    "prong": "爪",
    "stone": "石",
    "corner": "角",
    "handle": "持ち手",
    "lining": "内装",
    "zipper": "ファスナー",
    "hardware": "金具",
    "strap": "ストラップ",
    "sleeve": "袖口",
    "sole": "靴底",
}
_KINDS = {"film": "動画", "still": "写真"}
_STATES = {"listed": "販売中", "reserved": "商談中", "sold": "販売済み"}


def moment(at: datetime, *, now: datetime) -> str:
    """本日 17:00 / 明日 10:30 / 11月24日(火) 10:30 / 2027年1月5日(火) 10:30."""
    local = at.astimezone(TOKYO)
    days = local.date() - tokyo_day(now)
    clock = f"{local:%H:%M}"
    if days == timedelta(0):
        return f"本日 {clock}"
    if days == timedelta(days=1):
        return f"明日 {clock}"
    day = f"{local.month}月{local.day}日({_WEEKDAYS[local.weekday()]})"
    year = "" if local.year == tokyo_day(now).year else f"{local.year}年"
    return f"{year}{day} {clock}"


def captured(at: datetime) -> str:
    """2026年11月22日(日) 14:05."""
    local = at.astimezone(TOKYO)
    return f"{local.year}年{local.month}月{local.day}日({_WEEKDAYS[local.weekday()]}) {local:%H:%M}"


def yen(amount: int) -> str:
    return f"¥{amount:,}(税込)"


def part(part: str) -> str:
    return _PARTS.get(part, part)


def kind(kind: str) -> str:
    return _KINDS.get(kind, kind)


def kind_of_part(kind: str, part: str) -> str:
    return f"{_PARTS.get(part, part)}の{_KINDS.get(kind, kind)}"


def grade(grade: str | None) -> str:
    return grade or "査定中"


def state(state: str) -> str:
    return _STATES.get(state, "お問い合わせください")


def label_captured() -> str:
    return "撮影"


def label_grade() -> str:
    return "ランク"


def label_code() -> str:
    return "商品番号"


def label_price() -> str:
    return "価格"


def label_state() -> str:
    return "状況"


def label_part() -> str:
    return "部位"


def button_film() -> str:
    return "動画を見る"


def button_part(part: str) -> str:
    return f"{_PARTS.get(part, part)}を見る"


def button_other_part() -> str:
    return "ほかの部位を見る"


def button_person() -> str:
    return "担当者と話す"


def button_confirm() -> str:
    return "確定する"


def button_not_now() -> str:
    return "やめる"


def button_collect() -> str:
    return "回答を受け取る"


def button_search() -> str:
    return "商品を探す"


def button_ask_film() -> str:
    return "動画を見たい"


def button_link() -> str:
    return "会員情報と連携する"


def film_card_note() -> str:
    return "ご覧になりたい部位があれば、このままお書きください。"


def film_said(title: str, captured: str, grade: str) -> str:
    return f"{title}(ランク{grade})の状態です。撮影: {captured}"


def late_delivery(title: str) -> str:
    return f"お待たせいたしました。{title}をお届けします。"


def capture_arranged(title: str, what: str, promised: str) -> str:
    return (
        f"{title}の{what}は、ただいまご用意がございません。すぐに撮影を手配いたしました。"
        f"{promised}ごろまでに、こちらへお送りします。"
    )


def capture_already_arranged(title: str, what: str, promised: str) -> str:
    return f"{title}の{what}は撮影を手配済みです。{promised}ごろまでに、こちらへお送りします。"


def being_prepared(title: str) -> str:
    return f"{title}は撮影が済み、ただいまお送りする準備をしております。整いしだいお送りします。"


def poster_first(title: str) -> str:
    return f"{title}の撮影が済みました。先に静止画をお送りします。動画は整いしだいお送りします。"


def choose_part(title: str) -> str:
    return f"{title}のどの部位をご覧になりますか。"


def which_piece() -> str:
    return "どの商品をご覧になりますか。商品番号(例: W-10234)か、ブランド名・型名をお書きください。"


def choose_one(count: int, *, is_cut: bool) -> str:
    if is_cut:
        return (
            "該当する商品が多いため、新しい順にお出しします。"
            "お選びいただくか、型番などをお書き添えください。"
        )
    return f"該当する商品が{count}点ございます。どちらをご覧になりますか。"


def not_found(asked: Sequence[str]) -> str:
    told = "、".join(asked)
    return (
        f"{told}は、ご案内できる商品の中に見つかりませんでした。"
        "番号をもう一度お確かめいただくか、ブランド名・型名でお探しください。"
    )


def nothing_found() -> str:
    return "お探しの商品は見つかりませんでした。商品番号か、ブランド名・型名をお書きください。"


def piece_said(title: str, grade: str, price: str, state: str) -> str:
    return f"{title} ランク{grade} {price} {state}"


def greeting() -> str:
    return "こんにちは。気になる商品の番号かお名前をお書きください。状態の動画をお送りします。"


def welcome() -> str:
    return (
        "友だち追加ありがとうございます。"
        "商品番号かお名前をお書きいただくと、その商品の状態を撮った動画を"
        "いつでもお送りします。担当者とも、いつでもお話しいただけます。"
    )


def welcome_back() -> str:
    return "おかえりなさいませ。またお声がけいただきありがとうございます。ご用件をお書きください。"


def group_welcome() -> str:
    return (
        "お招きありがとうございます。"
        "このグループでは、私あてのメンションをいただいたときだけお答えします。"
    )


def help() -> str:
    return (
        "商品の状態の動画・写真をお送りします。「W-10234の動画を見せて」「裏蓋アップで」"
        "「ロレックス デイトナ」のようにお書きください。夜間もお答えします。"
    )


def thanks() -> str:
    return "こちらこそ、ありがとうございます。ほかにもございましたら、いつでもどうぞ。"


def person_called(*, by: str, is_open: bool) -> str:
    if is_open:
        return f"承知いたしました。担当者におつなぎします。{by}までに、こちらでお返事いたします。"
    return (
        f"承知いたしました。ただいま営業時間外のため、{by}までに担当者がお返事いたします。"
        "ご用件を先にお書きいただけます。"
    )


def person_already_called(*, by: str) -> str:
    return f"担当者へのお取り次ぎは承っております。{by}までにお返事いたします。"


def files_received(count: int) -> str:
    told = "お写真・ファイル" if count == 1 else f"{count}点のお写真・ファイル"
    return f"{told}を確かに受け取り、保管いたしました。どのようなご用件でしょうか。"


def file_outside() -> str:
    return "外部に保存されたファイルは受け取れませんでした。お手数ですが、直接お送りください。"


def sticker() -> str:
    return "スタンプをありがとうございます。ご用件がございましたらお書きください。"


def place() -> str:
    return "位置情報をありがとうございます。ご来店・出張のご相談でしたら、担当者が承ります。"


def not_sure() -> str:
    return (
        "申し訳ございません、ご用件をうまくうかがえませんでした。"
        "商品番号かお名前をお書きいただくか、下からお選びください。"
    )


def by_a_person() -> str:
    return "その件は担当者が承ります。おつなぎしてよろしいでしょうか。"


def language_set() -> str:
    return "日本語でご案内します。"


def link_first() -> str:
    return (
        "ご本人さまの情報のため、会員情報との連携がお済みの方にご案内しております。"
        "下のボタンから、数分でお手続きいただけます。"
    )


def account_linked() -> str:
    return "会員情報との連携が完了しました。"


def account_not_linked() -> str:
    return (
        "会員情報との連携ができませんでした。"
        "お手数ですが、もう一度お試しいただくか、担当者へお申し付けください。"
    )


def edited() -> str:
    return "書き直されたご内容を確認いたしました。"


def resent() -> str:
    return "先ほどのお返事が届いていない可能性があるため、もう一度お送りします。"


def waited() -> str:
    return "お届けが遅くなり、申し訳ございません。先のお知らせをお送りします。"


def still_looking() -> str:
    return (
        "お調べしています。少しお時間をください。"
        "整いましたら、下のボタンですぐにお受け取りいただけます。"
    )


def already_sent() -> str:
    return "お返事はすでにお送りしております。上のメッセージをご覧ください。"


def went_wrong() -> str:
    return "申し訳ございません、ただいまお答えできませんでした。担当者が確認してご連絡いたします。"


def still_waiting(waiting: Sequence[tuple[str, str]]) -> str:
    told = "\n".join(f"・{code}: {promised}ごろまで" for code, promised in waiting)
    return f"ご依頼を承っている撮影です。撮影が済みしだいお送りします。\n{told}"


def nothing_waiting() -> str:
    return "お待ちいただいているご依頼は、ただいまございません。"


def opening_hours(day: date, spans: Sequence[tuple[time, time]], *, is_today: bool) -> str:
    told = "、".join(f"{opens:%H:%M}〜{closes:%H:%M}" for opens, closes in spans)
    if is_today:
        return f"本日の営業時間は{told}です。営業時間外も、動画のご案内はこちらで承ります。"
    weekday = _WEEKDAYS[day.weekday()]
    return (
        f"本日は休業日です。次の営業日は{day.month}月{day.day}日({weekday}) {told}です。"
        "動画のご案内は、いつでもこちらで承ります。"
    )


def press_to_confirm() -> str:
    return "ありがとうございます。お手続きは、下のボタンを押していただくと確定します。"


def nothing_changed() -> str:
    return "承知いたしました。何も変更しておりません。ほかにご用件がございましたらお書きください。"


def noted() -> str:
    return "承知いたしました。ほかにご用件がございましたら、お書きください。"


def refused() -> str:
    return (
        "申し訳ございません、その内容はこちらではお受けできませんでした。何も変更しておりません。"
        "担当者が確認いたします。"
    )
