"""Understanding without a network (R-171): form, slots, a trained classifier, the conversation.

Codes and clear words settle most messages of this trade; n-grams and, where they leave doubt, a
sentence encoder do the rest; what is still unsure is said to be (`abstain`). Every text has a
reading. Which slots there are: docs/intents.md.
"""

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from catalog.ground.calendar import tokyo_day
from catalog.items.words import fold
from conversations.ports import CONFIRM, Meaning, Reading, Situation
from conversations.understanding import classifier, context, encoder, flags, languages
from conversations.understanding.classifier import Classifier, Guess
from conversations.understanding.clauses import asked_of_both, clauses, halves
from conversations.understanding.marks import marks_in
from conversations.understanding.normal import Normal, classified, normal
from conversations.understanding.numerals import ENGLISH
from conversations.understanding.slots import nameless_of, slots_in, used_by

UNSURE = 0.34  # below, the bot asks back
_SURE = 0.97
_FILM = (
    r"(?:の|を)?(?:状態|コンディション|condition)?(?:の)?(?:(?P<film>動画|どうが|映像|ビデオ|ムービー|videos?|film)|(?:写真|画像|photos?|pictures?))"
    r"(?:を|も)?(?:(?:見せて|みせて|見たい|みたい|送って|ください|下さい|お願い|ちょうだい|please|希望)"
    r"(?:ください|下さい|もらえますか|いただけますか|です|します|いたします|ほしい(?:です)?)?)?"
)
_PLAIN_FILM = re.compile(rf"\s*{_FILM}\s*[。!?！？、]*\s*")
_CLEAR = 0.85  # a part cut out at a comma has a wish of its own when that sure
_CLEAR_BY_ITSELF = 0.65  # a sentence
_BEYOND_DOUBT = 0.95
_ONE_SENTENCE = 160  # characters; what is longer without a full stop is not cut at its commas
_NOT_UNTHINKABLE = 0.03
_NO_WISH = frozenset({"oos", "chat.affirm", "chat.deny", "chat.greeting", "chat.smalltalk"})
# Wishes people join by と alone.
_JOINED: tuple[tuple[re.Pattern[str], re.Pattern[str], tuple[str, str]], ...] = (
    (
        re.compile(
            r"残高|ざんだか|いくら(?:残|ある|あん)|balance|how much (?:credit|do i)|餘額|余额|還有多少|还有多少|잔액|얼마 ?(?:남|있)"
        ),
        re.compile(
            r"期限|きげん|いつまで|失効|expir|valid|until when|到期|有效|過期|过期|기한|만료|유효|언제까지"
        ),
        ("credit.balance", "credit.expiry"),
    ),
    (
        re.compile(r"残高|ざんだか|balance|餘額|余额|잔액"),
        re.compile(r"履歴|りれき|明細|めいさい|history|statement|明细|記錄|记录|내역"),
        ("credit.balance", "credit.history"),
    ),
    (
        re.compile(r"履歴|りれき|明細|めいさい|history|statement|明细|記錄|记录|내역"),
        re.compile(r"使い方|つかいかた|使える|how to use|怎麼用|怎么用|사용법|쓰는 ?법"),
        ("credit.history", "credit.howto"),
    ),
)
_CHANGES = frozenset(
    {
        "sell.accept", "sell.decline", "item.hold", "consign.price", "consign.convert",
        "consign.withdraw", "order.return", "account.delete", "account.link", "pref.notify",
    }
)  # fmt: skip
_SUPPOSED = re.compile(
    r"(?:って|と)(?:言|書|押|答え|返事|打|送)(?:ったら|いたら|したら|えたら|えば|けば|てば|せば|たら)|(?:したら|すれば|した場合|やめた場合|場合は?|しても(?!ら|い|ろ)|[たるの]とき|[たるの]時).{0,24}(?:どうな|になり|かかる|のかな|ますか|でしょうか|もらえ|消え|ですか|すか|ん[?？]|の[?？]|[?？])|"
    r"仮に|もし(?:も)?.{0,24}(?:たら|なら|場合)|例えば|たとえば|(?:what|would|does|will)[^.?!]{0,24} (?:happens?|if i)|if i (?:say|said|accept|cancel|return|delete|sell|were|quit|withdraw|press|type|reply)|hypothetically|"
    r"(?:如果|假如|假設|假设|萬一|万一|要是)(?:我)?.{0,24}(?:嗎|吗|會|会|呢|麼|么|[?？])|만약|만일|(?:하면|한다면|누르면|말하면|취소하면|탈퇴하면|팔면|쓰면|보내면).{0,24}(?:되|나요|까요|인가요|건가요|[?？])"
)
_NEGATED = re.compile(
    r"つもりは?(?:ない|あらへん|ありません)|覚え(?:は|が)?(?:ない|あらへん|ありません)|(?:しない|せん|せえへん|しません|やめない|せんといて|しないで|消さない|売らない|返さない|売りません|返しません|続けます|続ける)(?:で|でね|よ|ください|な|けど|が|、|。|$)|"
    r"(?:わけ|訳)(?:では|じゃ)(?:ない|なく|あり)|とでも思|とは言ってない|言うてへん|まだ(?:決め|消さ|売ら|承諾)|"
    r"(?:don'?t|do not|didn'?t|never|not going to|won'?t|no intention|not (?:trying|asking|planning)) (?:want|mean|plan|intend|to|agree|cancel|sell|return|delete|accept|say|said|agreed|withdraw)|(?:i'?m|we'?re|i am|am) not \w+ing|just (?:asking|curious|want to know)|"
    r"沒有(?:要|打算|說|同意)|没有(?:要|打算|说|同意)|没说要|沒說要|不是(?:要|想)|不(?:打算|會|会)(?:賣|卖|退|取消|刪|删)|只是(?:想)?(?:問|问)|"
    r"(?:할|팔|취소할|반품할|탈퇴할) ?(?:생각|마음|의향)(?:은|이)? ?없|(?:하지|팔지|취소하지|삭제하지|반품하지) ?(?:않|마|말)|는 (?:게|건) 아니|그냥 (?:궁금|물어)"
)
_PARTS = re.compile(r"[。、,.!?！？;；]|(?<=けど)|(?<=なくて)|(?<=だけ)|(?<=です)が")
_ASKS_BACK = frozenset({"sell.decline"})  # refusing is done by such words, so they stay


class OfflineUnderstanding:
    """Fills the `Understanding` port; no state but the weights."""

    async def read(self, text: str, situation: Situation) -> Reading:
        if encoder.is_at_hand():
            return read(text, situation)
        plain = _plain_film(normal(text), situation)
        if plain is not None:
            return plain
        # Loading the encoder takes a second; nobody else should wait for that.
        return await asyncio.to_thread(read, text, situation)


def read(text: str, situation: Situation) -> Reading:
    """One message to its meaning. Total: every text has a Reading."""
    return _Reader(normal(text), situation, classifier.trained).reading()


def language(text: str, *, previous: str | None) -> str:
    """The language of a text; nothing clear keeps the conversation's own, else ja."""
    rest = marks_in(normal(text).narrow).rest
    return languages.language(rest, nameless_of(fold(rest)), previous=previous)


def _plain_film(form: Normal, situation: Situation) -> Reading | None:
    """「W-10234の動画を見せて」: a code, the word for a film or picture, and nothing else. The message
    this trade lives on is settled by its form.
    """
    marks = marks_in(form.narrow)
    if not marks.codes:
        return None
    rest = marks.rest.strip()
    told = _PLAIN_FILM.fullmatch(rest)
    if told is None:
        return None
    slots = {"sku": list(marks.codes), "media": "video" if told["film"] else "photo"}
    spoken = languages.language(rest, rest, previous=situation.lang)
    return Reading((Meaning("media.request", _SURE),), slots, spoken)


@dataclass(frozen=True, slots=True)
class _Reader:
    form: Normal
    situation: Situation
    weights: Any
    nameless: str = ""
    names_part: bool = False

    def reading(self) -> Reading:
        form, situation = self.form, self.situation
        plain = _plain_film(form, situation)
        if plain is not None:
            return plain
        slots, marks, nameless = slots_in(
            form, now=situation.now, is_chinese=situation.lang in {"zh_hant", "zh_hans"}
        )
        spoken = languages.language(marks.rest, nameless, previous=situation.lang)
        if spoken.startswith("zh") and not (situation.lang or "").startswith("zh"):
            slots, marks, nameless = slots_in(form, now=situation.now, is_chinese=True)
        raised = flags.flags_in(form.narrow, form.shown)
        if flags.UNREADABLE in raised:
            return Reading((Meaning("oos", 0.9),), {}, spoken, abstain=True, flags=raised)
        if raised and raised != (flags.ABUSE,):
            return Reading((Meaning("oos", 0.9),), slots, spoken, abstain=False, flags=raised)
        told = replace(self, nameless=nameless, names_part="part" in slots)
        meanings = told._meanings(_with_bare_count(slots, form.narrow, situation))
        used: dict[str, Any] = {}
        for meaning in meanings:
            used.update(self._used(slots, meaning.intent))
        if meanings[0].intent == "pref.language" and "lang" in slots:
            used["lang"] = _switched(str(slots["lang"]), spoken)
        best = meanings[0].confidence
        return Reading(meanings, used, spoken, abstain=best < UNSURE, flags=raised)

    def _used(self, slots: Mapping[str, Any], intent: str) -> dict[str, Any]:
        return used_by(intent, dict(slots), today=tokyo_day(self.situation.now))

    def _meanings(self, slots: Mapping[str, Any]) -> tuple[Meaning, ...]:
        narrow = self.form.narrow
        if "ordinal" in slots and self.situation.offered and _is_bare_choice(narrow):
            return (Meaning("chat.affirm", _SURE),)
        whole = self._guess(narrow)
        intent, confidence = context.decided(
            narrow, whole.best, whole.confidence, slots, self.situation, is_bare=self._is_bare()
        )
        intent, confidence = self._not_merely_mentioned(whole, intent, confidence)
        if intent == "sell.accept" and "money" in slots and _ONLY_IF.search(narrow):
            intent, confidence = "sell.decline", min(confidence, 0.8)  # an offer of one's own
        if intent in _LOOKS and "sku" not in slots and _ENTRUSTED.search(narrow):
            intent, confidence = "consign.status", min(confidence, 0.85)
        intent, confidence = _of_another_shop(narrow, intent, confidence)
        if intent == "order.status" and _SELLS.search(narrow):
            intent, confidence = "sell.quote", 0.85  # what was bought with that order
        if self._names_only(slots) and intent != self.situation.last:
            intent, confidence = "item.availability", 0.85  # a name alone asks for one
        intent, confidence = _about_codes(narrow, slots, intent, confidence)
        if self.situation.expecting is None or len(narrow) > 16:
            several = self._several(whole, intent)
            if several:
                return several
        return (Meaning(intent, round(confidence, 4)),)

    def _names_only(self, slots: Mapping[str, Any]) -> bool:
        is_open = self.situation.expecting is None
        return is_open and bool(_NAMED & set(slots)) and self._is_bare()

    def _is_bare(self) -> bool:
        """Beside names, numbers and the words of a question nothing is said."""
        rest = _PARTICLES.sub("", self.nameless)
        return sum(each.isalnum() for each in rest) <= (4 if self.names_part else 1)

    def _guess(self, text: str) -> Guess:
        weights: Classifier = self.weights()
        form = text if text is not self.form.narrow else None
        folded = normal(text).folded if form is not None else self.form.folded
        spoken = text if form is not None else self.form.shown
        return weights.guess(classified(folded), spoken=spoken)

    def _not_merely_mentioned(
        self, whole: Guess, intent: str, confidence: float
    ) -> tuple[str, float]:
        """「承諾しますと書いたら承諾になる?」 accepts nothing: the next reading that changes nothing."""
        if intent not in _CHANGES or intent in _ASKS_BACK or self.situation.expecting == CONFIRM:
            return intent, confidence
        narrow = self.form.narrow
        if _SUPPOSED.search(narrow):
            return "faq.policy", 0.6
        if not _NEGATED.search(narrow):
            return intent, confidence
        if intent in {"item.hold", "pref.notify", "account.link"}:
            return intent, confidence  # asked back before anything is done, and often really meant
        meant = " ".join(each for each in _PARTS.split(narrow) if not _NEGATED.search(each))
        if sum(each.isalnum() for each in meant) >= 4:
            rest = self._guess(meant)
            if rest.best not in _CHANGES:
                return rest.best, min(0.6, rest.confidence)
        other = next(((name, share) for name, share in whole.ranked if name not in _CHANGES), None)
        if other is None or other[1] < 0.05:
            return "faq.policy", 0.5
        return other[0], min(0.6, other[1] + 0.3)

    def _several(self, whole: Guess, intent: str) -> tuple[Meaning, ...]:
        narrow = self.form.narrow
        for first, second, both in _JOINED:
            if intent in both and _are_joined(narrow, first, second):
                return tuple(Meaning(each, 0.9) for each in both)
        parts = clauses(narrow)
        if len(parts) > 1:
            return self._wishes(parts, whole, intent)
        if len(narrow) > _ONE_SENTENCE:
            return ()
        found: tuple[Meaning, ...] = ()
        for cut in asked_of_both(narrow):
            found = found or self._wishes(cut, whole, intent)
        for cut in halves(narrow):
            found = found or self._wishes(cut, whole, intent, is_soft=True)
        return found

    def _wishes(
        self, parts: Sequence[str], whole: Guess, intent: str, *, is_soft: bool = False
    ) -> tuple[Meaning, ...]:
        """The first two wishes of the parts, if there are two."""
        found: list[Meaning] = []
        for n, part in enumerate(parts):
            if len(found) + len(parts) - n < 2:
                return ()  # what is left cannot make it two
            guess = self._guess_part(part)
            is_new = guess.best not in _told(found)
            if is_new and self._is_wish(part, guess, whole, is_soft=is_soft):
                found.append(Meaning(guess.best, round(guess.confidence, 4)))
        if len(found) < 2 or any(pair <= _told(found) for pair in _ONE_WISH):
            return ()
        if intent not in _told(found[:3]) and whole.confidence >= _CLEAR_BY_ITSELF:
            return ()
        return tuple(found[:2])

    def _guess_part(self, part: str) -> Guess:
        """A later part is about the piece the first one named, where that makes it clearer."""
        alone = self._guess(part)
        codes = marks_in(self.form.narrow).codes
        if alone.confidence >= _CLEAR or not codes or marks_in(part).codes:
            return alone
        about = self._guess(f"{codes[0].lower()} {part}")
        return about if about.confidence > alone.confidence else alone

    def _is_wish(self, part: str, guess: Guess, whole: Guess, *, is_soft: bool) -> bool:
        """A part holds a wish of its own that may stand beside another."""
        sure, intent = guess.confidence, guess.best
        if sure < (_CLEAR if is_soft else _CLEAR_BY_ITSELF) or intent in _NO_WISH:
            return False
        if not any(each.isalpha() for each in marks_in(part).rest):
            return False  # a code alone
        if intent == "chat.thanks" and not context.thanks(part):
            return False
        is_doubtful = sure < _BEYOND_DOUBT or _subject(intent) == _subject(whole.best)
        if is_soft and is_doubtful and whole.of(intent) < _NOT_UNTHINKABLE:
            return False
        if intent not in _CHANGES:
            return True
        if whole.of(intent) < 0.05 and sure < _BEYOND_DOUBT:
            return False
        is_refused = intent not in _ASKS_BACK and bool(_NEGATED.search(part))
        return not (is_refused or _SUPPOSED.search(self.form.narrow))


_PARTICLES = re.compile(
    r"ジャア?|デハ|ソレジャ(?:ア)?|ホナ|ナラ|アト|[ハモノガヲニデ]|how about|what about|(?<![a-z])(?:and|the|then|for)(?![a-z])|那麼|那么|那|呢|그럼|그러면|[는은요도]"
)
# What excludes one another, or is said of one and the same wish.
_ONE_WISH = (
    {"sell.accept", "sell.decline"}, {"sell.method", "sell.arrival"}, {"sell.method", "store.book"},
    {"consign.withdraw", "consign.convert"}, {"order.return", "return.condition"},
)  # fmt: skip
_AND = re.compile(r"[とや、,&和跟及與与랑]|(?<![a-z])and(?![a-z])|하고|이랑|도")


def _subject(intent: str) -> str:
    return intent.partition(".")[0]


def _told(meanings: list[Meaning]) -> set[str]:
    return {each.intent for each in meanings}


def _are_joined(narrow: str, first: "re.Pattern[str]", second: "re.Pattern[str]") -> bool:
    """Both are named, with an "and" between them."""
    one, other = first.search(narrow), second.search(narrow)
    if one is None or other is None:
        return False
    left, right = sorted((one.span(), other.span()))
    between = narrow[left[1] : right[0]]
    return left[1] <= right[0] and len(between) <= 12 and bool(_AND.search(between))


_CHOICE = re.compile(
    r"\s*(?:じゃあ|では|それじゃあ?|the|第|i'?ll take|go with|那|그럼)?\s*(?:no\.?\s*|#)?(?:\d{1,2}|[一二三四五六七八九十]|first|second|third|fourth|fifth|last|1st|2nd|3rd|4th|5th|最初|最後|最后|ひとつ|ふたつ|一つ|二つ|首|첫|두|세|마지막)"
    r"\s*(?:番目?|つ目|個目|本目|点目|個|个|款|件|번째|번|号|號)?(?:\s*(?:の|のやつ|のほう|の方|のもの|one|거|것|的))?\s*(?:で|を|が|に|です|お願いします|ください|見せて|見たい|いい|します|がいい|please|로|요|이요|주세요|吧|好了|\s)*[。.!！?？]*\s*"
)


def _is_bare_choice(narrow: str) -> bool:
    return bool(_CHOICE.fullmatch(narrow))


_ELSEWHERE = re.compile(
    r"メルカリ|めるかり|ヤフオク|ヤフー|ラクマ|楽天|らくてん|アマゾン|amazon|(?<![a-z])ebay(?![a-z])|ユニクロ|(?<![a-z])gu(?![a-z])|無印|zara|h&m|ニトリ|イオン|ドンキ|"
    r"shein|temu|etsy|walmart|uber ?eats|netflix|paypay|ペイペイ|ana ?マイル|jal|淘宝|淘寶|京东|京東|拼多多|闲鱼|閒魚|蝦皮|虾皮|shopee|momo購物|쿠팡|당근|무신사|11번가|지마켓|네이버"
)
# What somebody asks of their own things stays ours, wherever the things came from.
_OF_OWN_THINGS = ("sell.", "consign.", "human.", "complaint", "chat.", "pref.", "account.")


def _of_another_shop(narrow: str, intent: str, confidence: float) -> tuple[str, float]:
    """メルカリの返品 is not ours to answer."""
    if intent.startswith(_OF_OWN_THINGS) or not _ELSEWHERE.search(narrow):
        return intent, confidence
    return "oos", 0.85


_LOOKS = frozenset({"media.request", "media.defect"})
_ENTRUSTED = re.compile(
    r"預け(?:た|てる|ている|てます|ています)|委託(?:中|して|した)|(?:私|わたし|自分|うち)の(?:時計|バッグ|リング|指輪|品|物|ジュエリー|服)|"
    r"my consigned|(?:i|i've|we) consigned|我(?:寄|託|托)[賣售卖]?的|寄[賣售卖]的|맡긴|위탁한"
)
_SELLS = re.compile(
    r"売りたい|売却|買い?取って|買取(?:を|希望|お願い)|want to sell|like to sell|想賣|想卖|팔고"
)
_NAMED = frozenset({"brand", "model", "ref_no"})
_ONLY_IF = re.compile(r"なら|(?<![a-z])if(?![a-z])|的話|的话|라면|이면")
_OF_SEVERAL = frozenset({"media.request", "item.hold", "media.share", "media.defect"})
_BARE_COUNT = re.compile(
    r"\s*(\d{1,3}|one|two|three|four|five|six|seven|eight|nine|ten)\s*(?:please|です|で|お願いします)?[.。!]?\s*"
)


def _with_bare_count(slots: dict[str, Any], narrow: str, situation: Situation) -> dict[str, Any]:
    """「2」 to "how many?" is a count."""
    expecting = situation.expecting
    if "count" in slots or expecting is None or "count" not in context.ANSWERS.get(expecting, ()):
        return slots
    bare = _BARE_COUNT.fullmatch(narrow)
    if bare is None:
        return slots
    told = int(bare[1]) if bare[1].isdigit() else ENGLISH[bare[1]]
    slots["count"] = told
    return slots


def _about_codes(
    narrow: str, slots: Mapping[str, Any], intent: str, confidence: float
) -> tuple[str, float]:
    """A code alone asks what it is; several codes with nothing clear ask for all of them."""
    codes = slots.get("sku")
    if codes and len(codes) > 1 and confidence < 0.75 and intent not in _OF_SEVERAL:
        return "catalog.bulk", 0.75
    if codes and confidence < 0.6:
        left = re.sub(r"[^\w]", "", re.sub(r"[a-z]{1,4}[-\s]?\d{3,12}", "", narrow))
        if not left:
            return ("catalog.bulk" if len(codes) > 1 else "item.detail"), 0.7
    return intent, confidence


def _switched(wanted: str, spoken: str) -> str:
    """The language from this answer on; Chinese in the script it was asked in."""
    if wanted != "zh":
        return wanted
    return spoken if spoken.startswith("zh") else "zh_hans"
