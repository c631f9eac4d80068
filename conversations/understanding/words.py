"""Words that fill a slot from a closed list (語彙): parts, grades, ways, languages, counts.

Read in the narrow text (kana as written, one width, lower case) after codes and addresses were
taken out. What stands here says which value is meant, never which intent.
"""

import re
from collections.abc import Mapping
from typing import Any

from conversations.understanding import numerals
from media.intake.naming import part_of

_PARTS_ABROAD: tuple[tuple[str, str], ...] = (
    ("case_back", "底蓋|底盖|後蓋|后盖|背蓋|背盖|背面|뒷백|케이스 ?백|뒷면|뒤판"),
    ("dial", "錶面|表面板|錶盤|表盘|面盤|面盘|字面|다이얼|문자판"),
    ("bezel", "錶圈|表圈|外圈|베젤"),
    ("clasp", "錶扣|表扣|扣頭|扣头|버클|클래스프"),
    ("crown", "錶冠|表冠|龍頭|龙头|把的|용두|크라운"),
    ("crystal", "鏡面|镜面|玻璃|유리|글라스|글래스"),
    ("hands", "指針|指针|바늘|핸즈|시침|분침"),
    ("bracelet", "錶帶|表带|錶鏈|表链|鋼帶|钢带|브레이슬릿|브레이슬렛|시곗줄|메탈 ?밴드"),
    ("case", "錶殼|表壳|케이스"),
    ("girdle", "腰圍|腰棱|거들"),
    ("prong", "鑲爪|镶爪|爪鑲|爪镶|프롱|발물림"),
    ("corner", "邊角|边角|四角|角落|四個角|四个角|모서리|코너"),
    ("handle", "把手|提把|手把|提手|手柄|손잡이|핸들"),
    ("lining", "內襯|内衬|內裡|内里|襯裡|里衬|안감|내부|안쪽"),
    ("zipper", "拉鏈|拉链|지퍼"),
    ("hardware", "五金|금속 ?장식|하드웨어|금장"),
    ("strap", "肩帶|肩带|背帶|背带|皮帶|皮带|스트랩|어깨끈|가죽 ?줄"),
    ("sleeve", "袖口|袖子|소매"),
    ("sole", "鞋底|밑창"),
    ("stone", "主石|裸石|스톤|나석"),
)
_PART_WORDS_MORE: tuple[tuple[str, str], ...] = (
    (
        "case_back",
        "裏ぶた|うらぶた|裏ブタ|うらのふた|裏側|背面|ケースの裏|時計の裏|back ?sides?|the back(?! to)",
    ),
    ("dial", "もじばん|文字板|もじ板|フェイス|ダイアル"),
    ("crown", "りゅうず|龍頭|winding crown"),
    ("crystal", "ふうぼう|がらす|ガラス面"),
    ("bracelet", "ぶれす|ブレス(?!ト)|腕のコマ|金属バンド|腕のところ|links?(?![a-z ]*(?:to|for))"),
    ("corner", "かどすれ|角ズレ|四つ角|よすみ|かど(?=の|が|は|、|す)|角(?=の|が|は|も|に)"),
    ("handle", "もちて|とって(?=の|が|は)"),
    ("lining", "うちがわ|内側|ないそう|バッグの中|中の状態|inner"),
    ("zipper", "ふぁすなー|じっぱー|ちゃっく"),
    ("hardware", "かなぐ|metal ?ware|gold ?ware"),
    ("clasp", "ばっくる|尾錠|びじょう|とめぐ|留め具|留め金"),
    ("strap", "べると|すとらっぷ|革ベルト|ショルダーベルト"),
    ("sleeve", "そで(?=の|が|は|口)|袖"),
    ("sole", "くつぞこ|靴の裏|soles"),
    ("bezel", "べぜる"),
    ("case", "けーす(?=の|が|は)"),
    ("girdle", "がーどる"),
    ("prong", "つめ(?=の|が|は)"),
)
_PARTS = [(re.compile(pattern), part) for part, pattern in (*_PARTS_ABROAD, *_PART_WORDS_MORE)]


_HIRAGANA = re.compile(r"[ぁ-ゖ]+")


def part_in(narrow: str) -> str | None:
    """The part the text names."""
    # A word of kana alone is looked for as it is written, else そこまで would hold a コマ.
    found = part_of(_HIRAGANA.sub(" ", narrow))
    if found is not None:
        return found.value
    return next((part for pattern, part in _PARTS if pattern.search(narrow)), None)


_G = "(ab|bc|[nsabcj])"
_GRADE = re.compile(
    rf"(?<![a-z0-9]){_G}\s?(?:ランク|らんく|グレード|級(?!品)|级|等級|等级|등급|랭크|급(?![가-힣])|-?grade|ランク品|rank)"
    rf"|(?:ランク|グレード|grade|rank|등급|等級|等级|評価|状態)\s?(?:は|が|:|:|의|은|이)?\s?{_G}(?![a-z0-9])"
    rf"|(?<![a-z0-9]){_G}(?=\s?(?:って(?:どう|何|なに|どんな)|以上|以下|とは))"
    r"|(?<![a-z0-9])(ab|bc)(?![a-z0-9])"
    rf"|condition {_G}(?![a-z])"
)


def grade_in(narrow: str) -> str | None:
    """The grade the text names."""
    found = _GRADE.search(narrow)
    return next(each for each in found.groups() if each).upper() if found else None


def _patterns(table: Mapping[str, str]) -> list[tuple[str, re.Pattern[str]]]:
    return [(value, re.compile(pattern)) for value, pattern in table.items()]


_METHOD = _patterns(
    {
        "home_visit": r"出張|訪問(?!販)|自宅[にでへま]|家[にまへ]来|家まで来|うちに来|うちまで|しゅっちょう|来てもら|来てほし|来てくれ|"
        r"引き?取りに来|取りに来|home ?visit|(?:come|visit)[a-z ]* (?:to )?(?:my|our) (?:home|house|place|flat|apartment|office|hotel)|"
        r"at (?:my )?home|house ?call|上門|上门|到府|到我家|來我家|来我家|방문 ?(?:매입|감정|수거|견적)|출장|집으로|집에 와|자택",
        "mail_in": r"宅配|郵送|たくはい|ゆうそう|配送で送|送って査定|送りたい|発送で|ゆうパック|mail[- ]?in|by (?:mail|post|courier)|"
        r"(?:ship|mail|post|send) (?:it|them|my|the)|courier|郵寄|邮寄|寄件|寄過去|寄过去|寄給你|寄给你|快遞|快递|宅急便|택배|우편|발송",
        "store_drop": r"持(?:ち)?込|もちこみ|もちこ|店頭|てんとう|店に持|お店に持|店へ持|持って(?:行|い)|もって(?:い|ゆ)|店舗(?:で|に持)|"
        r"bring[a-z ]* (?:in|to|over|by)|drop[a-z ]*(?:off| in| by)|walk[- ]?in|in[- ]store|at (?:the|your) (?:store|shop|counter)|in person|"
        r"親送|親自|到店|帶去|带去|拿去|拿到店|带到店|帶到店|送到店|현장|매장(?:에|으로|에서)|직접 (?:가|들고)|가지고 ?(?:가|방문)|들고 ?(?:가|방문)|내방",
    }
)
_ROUTE = _patterns(
    {
        "consign": r"委託|いたく|イタク|consign\w*|寄賣|寄售|寄卖|代售|代賣|위탁",
        "buyback": r"買取|買い?取|かいとり|カイトリ|buy[- ]?back|buy[- ]?out|outright|sell (?:it )?(?:straight|directly|outright)|"
        r"收購|收购|回收|買斷|买断|直接賣|直接卖|현금 ?매입|매입|바이백",
    }
)
_CHANNEL = _patterns(
    {
        "phone": r"電話|でんわ|デンワ|phone|(?<![a-z])call(?![a-z])|電話|电话|전화|통화|ring me",
        "email": r"メール|めーる|e-?mail|(?<![a-z])mail(?![a-z])|電郵|邮件|郵件|이메일|메일",
        "slack": r"slack|スラック|슬랙",
        "line": r"(?<![a-z])line(?![a-z])|ライン(?!ナップ|ン|ストーン)|らいん|라인",
        "web": r"ウェブ|サイト|web|homepage|ホームページ|官網|官网|网站|網站|홈페이지|웹",
    }
)
_LANG = _patterns(
    {
        "en": r"英語|えいご|エイゴ|イングリッシュ|english|英文|英语|英語|영어|영문",
        "ja": r"日本語|にほんご|ニホンゴ|japanese|日文|日语|日語|일본어|일어",
        "ko": r"韓国語|かんこくご|ハングル|korean|韓文|韩文|韩语|韓語|한국어|한글|한국말|韓国の言葉",
        "zh": r"中国語|ちゅうごくご|chinese|中文|國語|普通話|普通话|繁體|繁体|簡体|简体|簡體|華語|华语|중국어|中國話|台湾の言葉|mandarin|粵語|広東語",
    }
)
_HANT = re.compile(r"繁|台湾|臺灣|台灣|香港|traditional|번체|粵語|國語")
_HANS = re.compile(r"簡体|简体|簡體|simplified|간체|普通话")
_VISIT = _patterns(
    {
        "video_call": r"ビデオ|びでお|オンライン(?!ストア|ショップ|で買|注文)|リモート|テレビ電話|zoom|ズーム|video ?(?:call|chat|meeting|consult)|"
        r"face ?time|online (?:call|meeting|consult|appoint)|視訊|视频通话|视频(?:预约|咨询|連線|连线)|線上|线上|영상 ?(?:통화|상담)|화상|비대면",
        "store": r"来店|らいてん|店舗に|お店に(?:行|い|伺|見)|店に行|行きたい|行きます|見に行|visit|come (?:in|by|over|to (?:the|your))|drop by|"
        r"stop by|in person|到店|來店|来店|去店|去你們店|去你们店|門市|門店|门店|방문|매장",
    }
)
_AT_HOME = next(pattern for value, pattern in _METHOD if value == "home_visit")
_CALL_ME = re.compile(
    r"電話(?:を)?(?:くださ|下さ|頂|いただ|ちょうだい|して(?:くだ|下|ほし|欲し)|かけて|が?ほし|が?欲し|でお願い|で話)|(?:call|phone|ring) me|"
    r"致電|致电|打電話|打电话|回電|回电|전화 ?(?:주|해)"
)
_OPT_IN = re.compile(
    r"再開|さいかい|オンに|onに|受け取りたい|受け取れる|届くように|(?:配信|通知|お知らせ|案内|メルマガ|メール|情報|クーポン).{0,6}(?:希望|ほしい|欲しい|送って|ください|お願い|始め|登録|オン)|"
    r"許可|turn(?:ed)? .{0,20}(?:back )?on|(?<![a-z])resume|re-?subscribe|opt[- ]?in|(?<!un)(?<!un-)subscribe|sign me up|start (?:sending|getting|receiving)|"
    r"(?:want|like) to (?:get|receive|hear)|打開|打开|開啟|开启|恢復|恢复|重新(?:接收|開|开|订|訂)|想收到|想要收|接收通知|켜|다시 (?:받|보내)|받고 ?싶|수신 ?동의|구독(?!.{0,3}(?:취소|해지))"
)
_OPT_OUT = re.compile(
    r"停止|ていし|止め|とめ|やめ|いらな|要らな|不要|ふよう|オフ|おふ|offに|解除|拒否|しないで|送ら(?:ない|んと|んで)|うるさい|減ら|ミュート|配信終了|こないように|来ないように|切って|切りたい|切る(?:に|方)|"
    r"stop|unsubscribe|opt[- ]?out|turn .{0,20}off|(?<![a-z])off(?![a-z])|no more|don'?t (?:send|message|want|need)|mute|quiet|fewer|remove me|"
    r"取消|退訂|退订|關閉|关闭|關掉|关掉|停掉|停用|不要(?:再)?|別再|别再|不想|拒收|屏蔽|끄|꺼|그만|중단|거부|해지|취소|받지 ?않|안 ?받|필요 ?없|멈춰|중지"
)
_CATEGORY = _patterns(
    {
        "watch": r"時計|とけい|トケイ|ウォッチ|watch(?!ed|ing)|手錶|手表|腕表|腕錶|시계",
        "diamond": r"ダイヤ(?!ル)|だいや|ジュエリー|宝石|指輪|(?<!ー)リング|ネックレス|ピアス|diamond|jewel|(?<![a-z])rings?(?![a-z])|necklace|earring|"
        r"鑽石|钻石|鑽戒|钻戒|戒指|珠寶|珠宝|項鍊|项链|다이아|보석|반지|목걸이|귀걸이",
        "bag": r"バッグ|バック(?!ル|ア|す)|ばっぐ|鞄|かばん|カバン|財布|handbag|(?<![a-z])bags?(?![a-z])|purse|tote|wallet|包包|手袋|皮包|手提包|"
        r"包(?=[嗎吗的款,，。?？])|가방|백(?=을|이|은|도|를|\s|$)|지갑|핸드백",
        "apparel": r"(?<![呉])服|コート|ジャケット|靴|ダウン|洋服|スーツ|ドレス|アパレル|ニット|coat|jacket|cloth(?:es|ing)|shoes?|dress|sneakers?|"
        r"apparel|衣服|外套|大衣|鞋|羽絨|羽绒|洋裝|옷|코트|자켓|재킷|신발|의류|패딩",
    }
)
_COUNT = re.compile(
    rf"(?<![\d.,年月第]|番)(\d{{1,3}}|[二三四五六七八九十両两兩]|{numerals.KANJI}{{2,3}}|一(?=[点本つ枚着箱足客]))\s?(?:点(?!数)|本(?!店|物|体|当|人|日)|個(?!体|月|人)|つ(?!か)|枚|着(?!い|信)|"
    r"箱|足(?!り)|客|セット|件(?!名)|人(?!気|と|に|間)|名(?!前|様の)|台|組|匹|张|張|個|个|件|只|隻|條|条|塊|块|枝|双|雙|位|개(?!월)|점(?!검)|벌|명|장|켤레|세트|박스)"
)
_ENGLISH_COUNT = re.compile(
    r"(?<![a-z])(one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\d{1,3})\s+(?:[a-z]+\s){0,2}?"
    r"(?:watches|bags|pieces|items|boxes|rings|diamonds|people|persons|of us|pairs|coats|handbags|things|kits|pcs|guests|units|"
    r"timepieces|jackets|wallets|necklaces|earrings|stones|box|kit|watch|bag|piece|item|person|pair|shipping boxes)(?![a-z])"
)
_KOREAN_COUNT = re.compile(
    r"(?<![가-힣])(열두|열한|다섯|여섯|일곱|여덟|아홉|한|두|세|네|열)\s?(?:개(?!월)|점|벌|명|장|켤레|세트|박스)"
)
_KANA_COUNT = re.compile(r"(ひと|ふた|みっ|よっ|いつ|むっ|なな|やっ|ここの)つ(?!か)")
_KANA_TENS = re.compile(
    rf"(?<![ぁ-ん])({numerals.KANA}{{1,2}})(?:てん|ほん|ぼん|ぽん|こ(?=[、。 ]|く|で|あ|お|う|$)|まい|めい|はこ)(?![ぁ-んー]*ちょう)"
)
_KANA_COUNTS = {
    "ひと": 1, "ふた": 2, "みっ": 3, "よっ": 4, "いつ": 5, "むっ": 6, "なな": 7, "やっ": 8, "ここの": 9,
}  # fmt: skip
_ORDINAL = re.compile(
    r"(?<![\d-])(\d{1,2}|[一二三四五六七八九十])\s?(?:番(?:目)?(?!地|号)|つ目|個目|本目|点目|枚目|號|号(?!店|室)|번째|번(?!호))"
    r"|(?:no\.?|#|第)\s?(\d{1,2}|[一二三四五六七八九十])(?:個|个|番|款|件|只|隻)?(?!\d)"
    r"|(?:the )?(first|second|third|fourth|fifth|last|1st|2nd|3rd|4th|5th)(?: one)?(?![a-z])"
    r"|(最初|最後|ひとつ目|ふたつ目|一つ目|二つ目|首個|第一個|最後(?:一個)?|最后(?:一个)?|첫 ?번째|두 ?번째|세 ?번째|마지막)"
)
_BARE_NUMBER = re.compile(
    r"\s*(?:no\.?\s*|#)?([1-9]|10)\s*(?:です|で|でお願いします|をください|を|がいい(?:です)?|please|번이요|번)?[.!。]?\s*"
)
_WORD_ORDINALS = {
    "first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4,
    "fifth": 5, "5th": 5, "last": -1, "最初": 1, "最後": -1, "ひとつ目": 1, "ふたつ目": 2,
    "一つ目": 1, "二つ目": 2, "首個": 1, "第一個": 1,
}  # fmt: skip
_DEICTIC = re.compile(
    r"これ|この(?![ごあ間前])|コレ|コノ|それ(?!から|と|で|じゃ)|その(?![ほ他後])|さっき|先ほど|先程|同じ(?!もの)|上の|(?<![a-z])(?:this|that|it|the same)(?![a-z'])|"
    r"這[個款支隻只]|这[个款支只]|那[個个款]|剛才|刚才|이거|그거|이 ?(?:제품|상품|시계|가방)|아까"
)
_FILM = re.compile(
    r"動画|どうが|ドウガ|映像|ビデオ(?!通話|チャット|会議|相談|で相談)|ムービー|むーびー|フィルム|(?<![a-z])(?:videos?(?! ?call| ?chat)|films?|movies?|clips?|footage)(?![a-z])|"
    r"影片|短片|視頻(?!通)|视频(?!通)|錄影|录像|영상(?! ?통화| ?상담)|동영상|비디오"
)
_STILL = re.compile(
    r"写真|しゃしん|画像|がぞう|静止画|フォト|(?<![a-z])(?:photos?|pics?|pictures?|images?|stills?|shots?)(?![a-z])|照片|圖片|图片|相片|相(?=[片嗎])|실사|사진|이미지"
)
_CANCEL = re.compile(
    r"キャンセル|きゃんせる|取り?消|取りやめ|とりけ|解除|やめたい|行けなく|cancel|call off|取消|취소"
)
_CHANGE = re.compile(
    r"変更|へんこう|ずら|ズラ|別の日|延期|振り替え|変えたい|変えて|reschedul|move (?:it|my|the)|another (?:day|time)|change (?:my|the)|改期|改時間|改时间|更改|改到|변경|미루|옮기"
)
_EXTEND = re.compile(r"延長|えんちょう|伸ば|のば|もう少し|extend|longer|延长|延長|연장")
_LIST = re.compile(
    r"一覧|いちらん|リスト|全部|すべて|確認したい|list|show all|my (?:holds|bookings|appointments|watch ?list)|清單|清单|列表|목록|리스트"
)
_NOW = re.compile(
    r"今から|いまから|今すぐ(?:行|来|伺)|これから(?:行|来|伺)|すぐ(?:行|来|伺)|right now|right away|come now|asap|現在(?:去|過去|來)|现在(?:去|过去|来)|馬上(?:去|過去|來)|马上(?:去|过去|来)|지금 ?(?:바로|가|와|방문)"
)


def words_in(narrow: str) -> dict[str, Any]:
    """Every slot of a closed list the text fills."""
    slots: dict[str, Any] = {}
    for name, read in _SIMPLE.items():
        value = read(narrow)
        if value is not None:
            slots[name] = value
    return slots


def _first(table: list[tuple[str, re.Pattern[str]]], text: str) -> str | None:
    return next((value for value, pattern in table if pattern.search(text)), None)


def _only(table: list[tuple[str, re.Pattern[str]]], text: str) -> str | None:
    """The value when one alone is named; of two the later one where the text corrects itself."""
    found = [
        (max(each.start() for each in pattern.finditer(text)), value)
        for value, pattern in table
        if pattern.search(text)
    ]
    if len(found) == 1:
        return found[0][1]
    if found and _CORRECTS.search(text):
        return max(found)[1]
    return None


_CORRECTS = re.compile(
    r"やっぱ|やはり|じゃなく|ではなく|でなく|より(?:も)?|よりは|instead|rather|not .{1,30} but|還是|还是|而不是|不是.{1,12}是|말고|대신|아니라|역시"
)


def names_both_routes(narrow: str) -> bool:
    """Whether buyback and consignment are both named."""
    return all(pattern.search(narrow) for _, pattern in _ROUTE)


def count_in(narrow: str) -> int | None:
    """How many, with a counter."""
    for pattern, table in (
        (_COUNT, None), (_ENGLISH_COUNT, numerals.ENGLISH), (_KOREAN_COUNT, numerals.KOREAN),
        (_KANA_COUNT, _KANA_COUNTS),
    ):  # fmt: skip
        found = pattern.search(narrow)
        if found is None:
            continue
        told = found[1]
        if told.isdigit():
            return int(told)
        if table is not None:
            return table.get(told)
        return numerals.value_of(told)
    found = _KANA_TENS.search(narrow)
    return numerals.value_of(numerals.from_kana(found[1])) if found else None


def ordinal_in(narrow: str) -> int | None:
    """The place in what was offered, from 1; -1 is the last. A bare number is one too."""
    bare = _BARE_NUMBER.fullmatch(narrow)
    if bare:
        return int(bare[1])
    found = _ORDINAL.search(narrow)
    if found is None:
        return None
    told = next(each for each in found.groups() if each)
    if told.isdigit():
        return int(told)
    if told in _WORD_ORDINALS:
        return _WORD_ORDINALS[told]
    if told.startswith(("最後", "最后", "마지막")):
        return -1
    if told[0] in "첫두세":
        return "첫두세".index(told[0]) + 1
    return numerals.value_of(told)


def _lang(narrow: str) -> str | None:
    named = [
        (bool(re.match(r"に|で|へ|を|로|吧|please|$", narrow[each.end() :])), each.start(), value)
        for value, pattern in _LANG
        for each in pattern.finditer(narrow)
    ]
    found = max(named)[2] if named else None
    if found == "zh":
        return (
            "zh_hans"
            if _HANS.search(narrow) and not _HANT.search(narrow)
            else ("zh_hant" if _HANT.search(narrow) else "zh")
        )
    return found


def _opt(narrow: str) -> str | None:
    if _OPT_IN.search(narrow) and not re.search(r"しないで|don'?t|不要|그만", narrow):
        return "in"
    return "out" if _OPT_OUT.search(narrow) else None


def _media(narrow: str) -> str | None:
    return "video" if _FILM.search(narrow) else "photo" if _STILL.search(narrow) else None


def _action(narrow: str) -> str | None:
    for pattern, name in (
        (_CANCEL, "cancel"),
        (_CHANGE, "change"),
        (_EXTEND, "extend"),
        (_LIST, "list"),
    ):
        if pattern.search(narrow):
            return name
    return None


def visit_in(narrow: str) -> str | None:
    """Where a wish for an appointment leads when it names no shop and no screen: to somebody's
    home, or to the telephone.
    """
    if _VISIT[0][1].search(narrow):
        return None
    if _CALL_ME.search(narrow):
        return "call_back"
    return "home_visit" if _AT_HOME.search(narrow) else None


def category_in(narrow: str) -> str | None:
    """The one category the text names."""
    return _only(_CATEGORY, narrow)


_SIMPLE: dict[str, Any] = {
    "grade": grade_in,
    "method": lambda text: _only(_METHOD, text),
    "route": lambda text: _only(_ROUTE, text),
    "channel": lambda text: _first(_CHANNEL, text),
    "lang": _lang,
    "visit": lambda text: _first(_VISIT, text),
    "opt": _opt,
    "category": category_in,
    "count": count_in,
    "ordinal": ordinal_in,
    "deictic": lambda text: True if _DEICTIC.search(text) else None,
    "media": _media,
    "action": _action,
    "asap": lambda text: True if _NOW.search(text) else None,
}
