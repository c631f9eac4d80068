"""スタッフ用 Slack の文言: short, exact, with who and until when."""

from collections.abc import Sequence
from datetime import date, datetime

from catalog.grading.checklists import Shot
from catalog.ground.calendar import TOKYO

lang = "ja"

_WEEKDAYS = "月火水木金土日"
_CHANNELS = {"line": "LINE", "slack": "Slack", "web": "ウェブチャット"}
_REASONS = {
    "asked": "担当者をご希望",
    "complaint": "お叱り・ご不満",
    "bot_failed": "自動応答の不調",
    "doubt": "ご用件が読み取れず",
    "taken": "スタッフから開始",
}
_SPEAKERS = {"customer": "お客様", "bot": "自動応答", "note": "メモ"}
_FILES = {"image": "写真", "video": "動画", "audio": "音声", "file": "ファイル"}
_OTHERS = {"sticker": "スタンプ", "place": "位置情報", "tap": "ボタン"}
_UNIT_STATES = {
    "expected": "到着待ち", "in_transit_in": "輸送中", "received": "受領済", "appraising": "査定中",
    "appraised": "査定済", "stock": "在庫", "cooling_off_hold": "クーリングオフ期間",
    "preparing": "出品準備中", "consigned": "委託受託", "inspection": "検品中", "listed": "販売中",
    "unlisted": "非公開", "repair": "修理中", "reserved": "お会計中", "sold": "売約済",
    "shipped": "発送済", "handed_over": "お渡し済", "delivered": "お届け済", "closed": "取引完了",
    "return_in": "返品受付中", "return_dispute": "返品確認中", "return_pending": "返却待ち",
    "in_transit_out": "返送中", "returned": "返却済", "referred": "紹介済",
    "rejected": "取扱い不可", "disposed": "処分済", "surrendered": "引渡済",
    "police_hold": "警察保全中", "lost_damaged": "破損・紛失", "cancelled": "取消",
}  # fmt: skip


def day(day: date) -> str:
    return f"{day.month}月{day.day}日({_WEEKDAYS[day.weekday()]})"


def moment(at: datetime) -> str:
    local = at.astimezone(TOKYO)
    return f"{local.year}年{day(local.date())} {local:%H:%M}"


def clock(at: datetime) -> str:
    return f"{at.astimezone(TOKYO):%H:%M}"


def yen(amount: int) -> str:
    return f"¥{amount:,}"


def channel(channel: str) -> str:
    return _CHANNELS.get(channel, channel)


def customer(name: str | None, channel: str, mark: str) -> str:
    return f"{name}様" if name else f"{_CHANNELS.get(channel, channel)}のお客様 ({mark})"


def reason(reason: str) -> str:
    return _REASONS.get(reason, reason)


def state(state: str, owner: str | None) -> str:
    match state:
        case "waiting":
            return "引き継ぎ待ち"
        case "claimed":
            return f"担当中({owner or '–'})"
        case "snoozed":
            return f"保留({owner or '–'})"
        case _:
            return f"完了({owner})" if owner else "完了"


def card_notice(customer: str, state: str) -> str:
    return f"{customer}: {state}"


def label_state() -> str:
    return "状態"


def label_customer() -> str:
    return "お客様"


def label_reason() -> str:
    return "理由"


def label_piece() -> str:
    return "商品"


def label_promise() -> str:
    return "お約束の時刻"


def label_waiting_since() -> str:
    return "返信待ち"


def label_wakes() -> str:
    return "再開"


def wakes_on_reply() -> str:
    return "お客様の返信があるまで"


def last_words() -> str:
    return "直近のやりとり"


def how_to_answer(prefix: str) -> str:
    return (
        "このスレッドに書いた内容は社内メモです。お客様に届くのは「返信」ボタンと、"
        f"「{prefix}」で始まる文だけです。"
    )


def speaker(who: str, name: str | None) -> str:
    match who:
        case "staff":
            return name or "スタッフ"
        case "note":
            return f"メモ・{name}" if name else "メモ"
        case _:
            return _SPEAKERS.get(who, who)


def sent_file(kind: str) -> str:
    return f"[{_FILES.get(kind, 'ファイル')}]"


def sent_other(kind: str) -> str:
    return f"[{_OTHERS.get(kind, kind)}]"


def taken_back() -> str:
    return "(送信が取り消されました)"


def not_delivered() -> str:
    return "届いていません"


def button_claim() -> str:
    return "担当する"


def button_reply() -> str:
    return "返信"


def button_snooze() -> str:
    return "保留"


def button_wake() -> str:
    return "再開する"


def button_close() -> str:
    return "完了"


def button_console() -> str:
    return "コンソールで開く"


def button_send() -> str:
    return "お客様へ送信"


def button_cancel() -> str:
    return "やめる"


def button_decide() -> str:
    return "保留にする"


def confirm_close() -> str:
    return "対応を完了し、自動応答に戻します。よろしいですか。"


def reply_title() -> str:
    return "お客様へ返信"


def reply_to(customer: str, channel: str) -> str:
    return f"{customer}に{_CHANNELS.get(channel, channel)}で届きます。"


def reply_text() -> str:
    return "本文"


def reply_files() -> str:
    return "写真・動画"


def reply_empty() -> str:
    return "本文を書くか、写真・動画を添えてください。"


def snooze_title() -> str:
    return "保留にする"


def snooze_until() -> str:
    return "いつまで"


def snooze_choice(choice: str, at: datetime | None) -> str:
    told = {
        "hour": "1時間後",
        "tomorrow": "明日",
        "monday": "次の月曜日",
        "reply": "お客様の返信があるまで",
        "moment": "日時を選ぶ",
    }[choice]
    return f"{told} — {moment(at)}" if at is not None else told


def snooze_day() -> str:
    return "日付"


def snooze_clock() -> str:
    return "時刻"


def snooze_wrong() -> str:
    return "これから90日以内の日時を選んでください。"


def claimed() -> str:
    return "担当になりました。ここからはお客様に自動応答は話しかけません。"


def snoozed(at: datetime | None) -> str:
    return (
        f"保留にしました。{moment(at)}に再開します。"
        if at
        else "お客様の返信があるまで保留にしました。"
    )


def woken() -> str:
    return "再開しました。"


def closed() -> str:
    return "完了しました。ここからは自動応答がご案内します。"


def sent(customer: str) -> str:
    return f"{customer}へ送信しました。"


def sent_with_files(customer: str, count: int) -> str:
    return f"{customer}へ送信します。写真・動画{count}件は準備ができ次第、順に届きます。"


def held_by(owner: str) -> str:
    return f"{owner}さんが担当中です。"


def not_held() -> str:
    return "お客様には送っていません。先に「担当する」を押してください。"


def cannot_now(state: str) -> str:
    return f"いまの状態({state})ではできません。"


def unknown_person(user: str) -> str:
    return f"スタッフとして登録されていません。管理者に Slack ID {user} の登録をご依頼ください。"


def not_allowed() -> str:
    return "この操作は、あなたの役割では行えません。"


def not_kept() -> str:
    return "この書き込みは記録もお客様への送信もしていません。"


def gone() -> str:
    return "この対応票は見つかりませんでした。"


def too_late() -> str:
    return "画面を開けませんでした。もう一度ボタンを押してください。"


def went_wrong() -> str:
    return "うまくいきませんでした。お客様には何も送っていません。もう一度お試しください。"


def files_need_reply() -> str:
    return "写真・動画は社内に留めました。お客様に送るには「返信」からどうぞ。"


def alert(alarm: str, level: int, customer: str, promised_at: datetime) -> str:
    by = moment(promised_at)
    match alarm:
        case "called":
            return f"{customer}がお待ちです。ご対応をお願いします。お約束は{by}です。"
        case "assigned":
            return f"{customer}の担当になりました。ご対応をお願いします。"
        case "given_back":
            return f"{customer}が引き継ぎ待ちに戻りました。ご対応をお願いします。お約束は{by}です。"
        case "missed":
            return f"{customer}とのお約束を過ぎ、担当者が決まっていません。新しいお約束は{by}です。"
        case "late":
            return f"{customer}とのお約束({by})までに、担当者がまだ返信していません。"
        case "silent":
            return f"{customer}が担当者の返信をお待ちのままです。"
        case "woken":
            return f"保留していた{customer}の時間になりました。ご対応をお願いします。"
        case _:
            who = "責任者" if level >= 2 else "リーダー"
            return f"{who}へ: {customer}がお待ちです。お約束は{by}、担当者が決まっていません。"


def owed(captures: int, late: int, undelivered: int, aside: int, unmatched: int) -> str:
    told = [f"お待ちの方がいる撮影: {captures}件"] if captures else []
    if late:
        told[-1] += f"(期限を過ぎたもの {late}件)"
    if undelivered:
        told.append(f"撮影済で届いていないもの: {undelivered}件")
    if aside:
        told.append(f"撮影台で取り込めなかったファイル: {aside}件")
    if unmatched:
        told.append(f"商品が決まっていない撮影: {unmatched}件")
    return "おはようございます。" + "、".join(told) + "です。"


def task(*, is_call: bool, is_late: bool, by: datetime) -> str:
    what = "お電話のお約束" if is_call else "会話の確認"
    if is_late:
        return f"{what}の時刻({moment(by)})になりましたが、まだ済みになっていません。"
    return f"{what}があります。{moment(by)}までにお願いします。"


_APPOINTMENTS = {
    "store": "ご来店", "video_call": "ビデオ通話", "home_visit": "出張", "call_back": "お電話",
}  # fmt: skip


def appointment(what: str, kind: str, customer: str, at: datetime, store: str | None) -> str:
    where = f"({store})" if store else ""
    told = f"{customer}の{_APPOINTMENTS.get(kind, kind)}{where}のご予約"
    match what:
        case "booked":
            return f"{told}が入りました。{moment(at)}です。担当をお願いします。"
        case "moved":
            return f"{told}が{moment(at)}に変更されました。担当をお願いします。"
        case "cancelled":
            return f"{told}({moment(at)})は取り消されました。"
        case "given":
            return f"{told}({moment(at)})の担当になりました。"
        case "passed_on":
            return f"{told}({moment(at)})は担当ではなくなりました。"
        case _:
            return f"{told}({moment(at)})の担当が決まっていません。担当を決めてください。"


def waits_again(customer: str, promised_at: datetime) -> str:
    return f"{customer}が担当者をお待ちです。お約束は{moment(promised_at)}です。"


def reply_unchanged() -> str:
    return "Slack 上の編集・削除は、お客様に届いた返信には反映されません。"


def reply_not_sent(writer: str | None, why: str, owner: str) -> str:
    who = f"{writer}さん" if writer else "登録されていない方"
    told = {
        "held": f"{owner}さんが担当中です",
        "not_held": "先に「担当する」を押してください",
        "empty": "本文がありません",
        "off": "お客様の経路がいま使えません",
        "not_allowed": "お客様へ返信できる役割ではありません",
        "not_staff": "先にスタッフとしての登録をご依頼ください",
    }.get(why, "コンソールでご確認ください")
    return f"⚠ {who}の返信は、お客様に送っていません({told})。"


def file_sent() -> str:
    return "写真・動画をお客様へ送りました。"


def file_not_sent(why: str) -> str:
    told = {
        "gone": "Slack からファイルを取得できませんでした",
        "unreadable": "写真・動画として開けませんでした",
        "not_held": "担当が変わっていました",
        "too_large": "ファイルが大きすぎます",
        "off": "お客様の経路がいま使えません",
        "late": "1日待っても取り込めませんでした",
    }.get(why, "コンソールでご確認ください")
    return f"写真・動画をお客様へ送れませんでした({told})。"


def file_not_shown(why: str) -> str:
    match why:
        case "too_large":
            return "お客様のファイルは大きいため、コンソールでご覧ください。"
        case "gone":
            return "お客様のファイルを受け取れませんでした。もう一度お願いしてください。"
        case _:
            return "お客様のファイルをここに表示できませんでした。コンソールでご覧ください。"


def not_shown() -> str:
    return "ここに表示できない内容がありました。コンソールでご覧ください。"


def file_comment(customer: str) -> str:
    return f"{customer}から"


def home_mine(count: int) -> str:
    return f"自分の担当 {count}件"


def home_waiting(count: int) -> str:
    return f"引き継ぎ待ち {count}件"


def home_nothing() -> str:
    return "ありません。"


def home_more(count: int) -> str:
    return f"ほか{count}件はコンソールでご覧ください。"


def queue_title(count: int) -> str:
    return f"対応待ち {count}件"


def queue_empty() -> str:
    return "お待ちのお客様はいません。"


def open_thread() -> str:
    return "スレッドを開く"


def piece_missing(code: str) -> str:
    return f"{code} は見つかりませんでした。"


def piece_which() -> str:
    return "商品番号を添えてください。例: /item W-10234"


def label_price() -> str:
    return "価格(税込)"


def label_grade() -> str:
    return "ランク"


def label_media() -> str:
    return "動画・写真"


def unpriced() -> str:
    return "未定"


def ungraded() -> str:
    return "未採点"


def media(films: int, stills: int) -> str:
    return f"動画{films}件・写真{stills}件" if films or stills else "まだありません"


def unit_state(state: str) -> str:
    return _UNIT_STATES.get(state, state)


def credit_whose() -> str:
    return "お名前または会員番号を添えてください。例: /credit 山田"


def credit_nobody() -> str:
    return "該当するお客様は見つかりませんでした。"


def credit_several() -> str:
    return "複数のお客様が該当します。会員番号でお調べください。"


def credit_title(customer: str, number: str) -> str:
    return f"{customer} ({number})"


def label_spendable() -> str:
    return "利用できる残高"


def label_held() -> str:
    return "お取り置き中"


def label_owed() -> str:
    return "未収"


def label_next_end() -> str:
    return "次の期限"


def next_end(amount: int, on: date) -> str:
    return f"{on.year}年{day(on)}まで {yen(amount)}"


def no_end() -> str:
    return "なし"


def label_shots() -> str:
    return "撮影"


def shots(told: str, missing: Sequence[Shot]) -> str:
    labels = "、".join(each.told for each in missing)
    return f"{told} 不足: {labels}" if missing else told
