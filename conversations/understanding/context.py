"""What the conversation makes of a message (文脈): yes and no, an answer to what was asked, a place in
what was offered, a correction, a wish left half said. The classifier proposes; this decides. Pure.
"""

import re
from collections.abc import Mapping
from typing import Any

from conversations.ports import CONFIRM, Situation

_YES = re.compile(
    r"\s*(?:(?:[👌👍🙆⭕]+|はい|ええ|うん|うむ|おう|せや|そう(?:です|だ|や)?|おk|ok(?:ay)?(?:です)?|オッケー|おっけー|おけ|オーケー|了解(?:です|しました)?|りょ(?:うかい)?|承知(?:です|しました|いたしました)?|かしこまりました|"
    r"お願い(?:します|いたします|致します)?|おねがい(?:します|いたします)?|頼みます|頼むわ|たのむ(?:わ)?|よろしく(?:お願いします|おねがいします|どうぞ|頼みます)?|宜しくお願い(?:します|いたします|致します)|"
    r"それで(?:お願いします|いい(?:です)?|ええ(?:で|わ)?|大丈夫(?:です)?|結構です|進めて(?:ください)?|合って(?:い)?ます|問題(?:ない|ありません)(?:です)?|よろしい(?:です)?|頼みます|やって(?:ください)?)?|"
    r"そ(?:れ|ちら|っち)で(?:お願いします|いいです|進めてください)?|(?:そう|そのように)して(?:ください|もらえますか|もらえる|くれ(?:る|ますか)?|ほしい(?:です)?)?[?？]?|大丈夫(?:です|や|やで)?|いいです(?:よ|ね)?|いいよ|ええよ|ええで|ええんちゃう|問題(?:ない|ありません)(?:です)?|"
    r"もちろん(?:です)?|合って(?:い)?ます|あってます|間違い(?:ない|ありません)(?:です)?|その通り(?:です)?|進めて(?:ください|くれ)?|確定(?:で|して(?:ください)?|します)?|"
    r"yes(?:,? please)?|yep|yeah|yup|ya|sure(?: thing)?|of course|absolutely|definitely|correct|right|that'?s (?:right|correct|fine|it|good|ok)|"
    r"sounds? (?:good|great|fine)|go ahead|please(?: do)?|do it|confirm(?:ed)?|perfect|fine|great|alright|all good|agreed|works for me|"
    r"是(?:的|啊)?|好(?:的|啊|喔|哦|吧|呀)?|对(?:的)?|對(?:的)?|可以(?:的)?|没问题|沒問題|行|嗯+|ok的|確認|确认|麻煩(?:你|您)?(?:了)?|麻烦(?:你|您)?(?:了)?|就這樣|就这样|没错|沒錯|好好|拜託(?:了)?|要|係|得|"
    r"네+|예|응|그래(?:요)?|좋(?:아요|습니다|아)|맞(?:아요|습니다)|그렇게 ?해 ?주세요|부탁(?:드려요|드립니다|해요|합니다)|확인(?:했어요|했습니다)?|오케이|괜찮(?:아요|습니다)|진행해 ?주세요|ㅇㅇ|ㅇㅋ|그래|넵|넹)"
    r"[、,，。.!！~〜ー\s👍🙆🙏👌✨😊🙇♪^]*){1,4}\s*"
)
_NO = re.compile(
    r"\s*(?:(?:あ、?|え、?|じゃあ?、?|では、?|ほな、?|そしたら、?|그럼 ?|那 ?|then |んー、?|うーん、?|いや、?|no,? ?|不,? ?|아니,? ?)?(?:[🙅❌👎]+|いいえ|いえ(?:いえ)?|いや(?:です|や)?|いやいや|ううん|ちゃう(?:ちゃう|わ|で)?|ちがう|違(?:う|います|いますね)?|だめ(?:です)?|ダメ(?:です)?|"
    r"やめ(?:ます|とく|ときます|ておきます|て(?:ください|おく|くれ)?|とくわ|る|たい)|やっぱ(?:り)?(?:いい(?:です|や)?|やめ(?:ます|とく|ときます|ておきます|る)?|結構です|なし(?:で)?|大丈夫です)|結構です|けっこうです|いらん|いりません|いらない(?:です)?|不要(?:です)?|"
    r"キャンセル(?:で|します|してください|お願いします)?|なし(?:で)?|中止(?:で|して(?:ください)?)?|取り消し(?:て(?:ください)?)?|見送り(?:ます)?|また(?:今度|にします|考えます)?|考え(?:ます|させて(?:ください)?|直します)|待って(?:ください)?|ちょっと待って(?:ください)?|まだ(?:いい)?(?:です)?|"
    r"no(?:pe|,? thanks?|,? thank you| way)?|nah|not (?:now|yet|really|today)|never ?mind|don'?t|cancel(?: that| it)?|stop|wait|forget it|i changed my mind|wrong|that'?s (?:wrong|not right|not it)|let me think|maybe later|"
    r"不(?:是|用|要|對|对|行|了|可以|好|需要)?(?:了)?|不用了?(?:謝謝|谢谢)?|算了(?:吧)?|取消(?:吧)?|唔使|唔係|錯了|错了|等等|等一下|先不(?:要|用)(?:了)?|再說|再说|"
    r"아니(?:요|오|에요|야)?|아뇨|싫(?:어요|습니다)|됐(?:어요|습니다)|취소(?:할게요|요|해 ?주세요)?|괜찮습니다만|그만(?:할게요|둘게요)?|안 ?(?:할래요|할게요|돼요)|다음에(?: 할게요)?|틀려요|잠깐만요?)"
    r"[、,，。.!！~〜ー\s🙏💦😅🙇♪^]*(?:thanks?|thank you|ありがとう(?:ございます)?|すみません|ごめん(?:なさい)?|謝謝|谢谢|감사합니다|です|です。|sorry|に)?[、,，。.!！\s]*){1,3}\s*"
)
_STARTS_YES = re.compile(
    r"\s*(?:はい|うん|ええ|yes|yeah|ok|sure|好|是|对|對|可以|네|예|응|좋아)[、,，。!\s]"
)
_HAGGLES = re.compile(
    r"ならない|なりませ|ならん|もう(?:少し|ちょ)|上が|上げ|higher|more|can you do|could you do|at least|匹配|高一[点點]|再高|加到|더 ?(?:줘|주|올)|올려|안 ?될까|안 ?되나"
)
_THANKS = re.compile(r"ありがと|有難|感謝|thank|thx|謝謝|谢谢|多謝|감사|고마")
_CORRECTS = re.compile(
    r"やっぱ|やはり|じゃなく|ではなく|違って|間違え|まちがえ|ちゃうちゃう|の(?:方|ほう)(?:です|で|が|に|や)|にして|に変更|に変え|instead|actually|i mean(?:t)?|make (?:it|that)|change (?:it|that) to|rather|not .{1,20}(?:but|,)|"
    r"還是|还是|改成|改為|改为|不對|不对|應該是|应该是|換成|换成|아니라|말고|대신|로 ?(?:바꿔|변경|할게요|해 ?주세요)|아 ?참|다시"
)
_HALF_SAID = re.compile(
    r"^\s*(?:じゃあ?|では|それじゃ(?:あ)?|ほな|ほんなら|なら|で、|and |then |how about |what about |那|那麼|那么|그럼|그러면|あと)|(?:は|も)[?？]?\s*$|[?？]\s*$|(?:呢|는요|은요|도요?)[?？]?\s*$"
)
_OWN_PHOTOS = re.compile(
    r"(?:写真|画像|しゃしん|照片|圖片|图片|사진).{0,4}(?:な(?:し|い|く)|無|ありません|送[りる]|撮[りるっ]|없|보내)|(?:沒有|没有)(?:照片|圖片|图片)|"
    r"(?:without|no|any|send|sent|sending|have) (?:the |my |more |any )?(?:photo|picture|image)"
)
# What an answer to each open question may hold: a message with one of these, and little else, is it.
ANSWERS: Mapping[str, tuple[str, ...]] = {
    "sell.method": ("method", "date", "time"),
    "sell.route": ("route",),
    "sell.quote": ("brand", "model", "ref_no", "serial", "category", "count", "money", "grade"),
    "sell.kit": ("count", "method"),
    "sell.accept": ("money",),
    "sell.decline": ("money",),
    "sell.payment": ("date",),
    "store.book": ("date", "time", "visit", "count", "store"),
    "store.collect": ("order_no", "store"),
    "item.hold": ("date", "time", "sku"),
    "item.price": ("money", "sku"),
    "item.availability": ("brand", "model", "sku", "ref_no", "money", "category", "grade"),
    "item.detail": ("sku", "grade"),
    "item.story": ("brand", "model", "sku"),
    "media.request": ("sku", "part", "media", "brand", "model"),
    "media.defect": ("sku", "part"),
    "media.dispute": ("sku", "order_no", "part"),
    "media.share": ("sku", "date"),
    "catalog.bulk": ("sku", "brand", "grade", "money", "count", "category"),
    "order.status": ("order_no",),
    "order.return": ("order_no", "email", "count"),
    "return.condition": ("part", "grade"),
    "account.link": ("email", "phone", "order_no"),
    "consign.price": ("money",),
    "consign.status": ("sku",),
    "consign.withdraw": ("sku",),
    "consign.convert": ("sku", "route"),
    "credit.howto": ("money",),
    "alert.subscribe": ("brand", "model", "money", "channel", "category", "grade"),
    "advice.style": ("money", "category", "brand", "grade"),
    "human.request": ("phone", "channel", "time", "date", "email"),
    "pref.notify": ("opt",),
    "pref.language": ("lang",),
}
_SUBJECTLESS = frozenset({"chat.affirm", "chat.deny", "chat.thanks", "chat.greeting", "oos"})
_ALWAYS = frozenset({"human.request", "complaint"})  # never taken for an answer to something else
# Two sides of one question: the answer may be the other one.
_SIDES = {"sell.accept": "sell.decline", "sell.decline": "sell.accept"}
_SHORT = 14


def is_yes(narrow: str) -> bool:
    """A yes and nothing else."""
    return bool(_YES.fullmatch(narrow))


def thanks(narrow: str) -> bool:
    """Whether thanks are given in words."""
    return bool(_THANKS.search(narrow))


def is_no(narrow: str) -> bool:
    """A no and nothing else."""
    return bool(_NO.fullmatch(narrow))


def decided(
    narrow: str,
    guess: str,
    confidence: float,
    slots: Mapping[str, Any],
    situation: Situation,
    *,
    is_bare: bool,
) -> tuple[str, float]:
    """The intent in its conversation, and how sure that is. `is_bare`: beside names and numbers
    nothing is said.
    """
    expecting, last = situation.expecting, situation.last
    if expecting is None and (is_no(narrow) or is_yes(narrow)):
        return ("chat.deny" if is_no(narrow) else "chat.affirm"), max(confidence, 0.85)
    if expecting is None and last is None:
        return guess, confidence
    if guess in _ALWAYS and confidence >= 0.5:
        return guess, confidence
    if expecting == CONFIRM:
        return _confirmed(narrow, guess, confidence, slots, last)
    if expecting is not None:
        return _answered(narrow, guess, confidence, slots, expecting, is_bare=is_bare)
    return _continued(narrow, guess, confidence, slots, last, is_bare=is_bare)


def _confirmed(
    narrow: str, guess: str, confidence: float, slots: Mapping[str, Any], last: str | None
) -> tuple[str, float]:
    """The answer to "is that right?": yes, no, or the same wish with another value."""
    if is_no(narrow):
        return "chat.deny", 0.97
    if is_yes(narrow):
        return "chat.affirm", 0.97
    if _STARTS_YES.match(narrow) and len(narrow) <= 16 and not _CORRECTS.search(narrow):
        return "chat.affirm", 0.9
    fits = last is not None and bool(_fitting(slots, last))
    corrects = bool(_CORRECTS.search(narrow))
    is_near = len(narrow) <= 24 and (guess == last or confidence < 0.9)
    if last is not None and fits and (corrects or is_near):
        return last, 0.9
    if guess in {"chat.affirm", "chat.deny"}:
        return guess, max(confidence, 0.8)
    if confidence < 0.5 and last is not None and _CORRECTS.search(narrow):
        return last, 0.6
    return guess, confidence


def _sells_it(narrow: str, slots: Mapping[str, Any]) -> bool:
    """Whether photos are spoken of as those the seller has or has not."""
    return not {"sku", "model"} & slots.keys() and bool(_OWN_PHOTOS.search(narrow))


def _answered(
    narrow: str,
    guess: str,
    confidence: float,
    slots: Mapping[str, Any],
    expecting: str,
    *,
    is_bare: bool,
) -> tuple[str, float]:
    """The answer to a question of the bot, unless it clearly is something else."""
    side = _SIDES.get(expecting)
    if side is not None and "money" in slots and _HAGGLES.search(narrow):
        return "sell.decline", 0.9
    if expecting == "sell.quote" and guess == "media.request" and _sells_it(narrow, slots):
        return expecting, 0.9  # photos of the piece they sell, not of one of the shop's
    if guess in {expecting, side}:
        return guess, max(confidence, 0.9)
    fits = bool(_fitting(slots, expecting))
    if side is not None and (is_yes(narrow) or is_no(narrow)):
        return ("chat.affirm" if is_yes(narrow) else "chat.deny"), 0.9
    if is_no(narrow) and not fits:
        return "chat.deny", 0.9
    if is_yes(narrow) and not fits:
        return "chat.affirm", 0.9
    if _THANKS.search(narrow) and guess == "chat.thanks":
        return guess, confidence
    is_short = len(narrow.strip()) <= _SHORT
    if fits and guess == "store.book" and expecting.startswith("sell."):
        return expecting, 0.85
    if fits and (confidence < 0.93 or is_short or is_bare or guess in _SUBJECTLESS):
        return expecting, 0.9
    if expecting == "return.condition" and guess in {
        "media.defect",
        "item.detail",
        "oos",
        "chat.deny",
        "chat.affirm",
    }:
        return expecting, 0.85
    if confidence < 0.55 and is_short and guess not in {"chat.greeting", "chat.thanks"}:
        return expecting, 0.6
    if guess == "oos" and (confidence < 0.45 or is_short):
        return expecting, 0.55
    return guess, confidence


def _continued(
    narrow: str,
    guess: str,
    confidence: float,
    slots: Mapping[str, Any],
    last: str | None,
    *,
    is_bare: bool,
) -> tuple[str, float]:
    """「じゃあ裏蓋は?」: the wish before, with another value."""
    if last is None or last in _SUBJECTLESS or guess == last:
        return guess, confidence
    fits = bool(_fitting(slots, last))
    is_short = len(narrow.strip()) <= _SHORT + 6
    if guess == "consign.convert" and last.startswith("sell.") and "route" in slots:
        return "sell.route", 0.9  # nothing is consigned yet
    is_kin = guess.partition(".")[0] == last.partition(".")[0]
    if fits and is_short and _HALF_SAID.search(narrow) and (is_kin or is_bare):
        return last, 0.85
    if fits and is_short and confidence < 0.8 and _HALF_SAID.search(narrow):
        return last, 0.8
    if fits and confidence < 0.9 and _CORRECTS.search(narrow) and is_short:
        return last, 0.8
    if fits and is_short and confidence < 0.45:
        return last, 0.6
    return guess, confidence


def _fitting(slots: Mapping[str, Any], intent: str) -> set[str]:
    return set(ANSWERS.get(intent, ())) & set(slots)
