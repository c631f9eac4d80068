"""Forms of whole messages that are commands (INTENTS, "finer acts"): known by their form, before
and instead of being understood. Matched against one width and one case (`items.words.narrow`).

Which flow answers which is told by the flows; here are only the words people write.
"""

import re

_CODE = r"[a-z]{1,4}[- ー]?\d{3,12}"
_OF = rf"(?:{_CODE}\s*(?:の|を)?\s*)?"  # W-1042の…, or of what is talked about
_HELD = rf"{_OF}取り?置き?\s*(?:の|を)?\s*"
_PLEASE = r"(?:する|して(?:ください)?|したい(?:です)?|お願いします)?"
_LIST = r"(?:の)?(?:一覧|リスト)"
_SIGN = "[2-9a-hjkmnp-z]"  # of an invitation code
_WITH_DIGIT = r"(?=[^\d]*\d)"  # each code has one; `never-there` is a word

STATUS = re.compile(
    rf"{_CODE}\s*(?:の|を)?\s*(?:状態|状况|狀態|状态|상태|status|condition)"
    r"\s*(?:は|を)?(?:教えて(?:ください)?)?"
)
SIMILAR = re.compile(
    rf"(?:{_CODE}\s*(?:と|の)?\s*)?(?:これと)?同じ(?:モデル|型|商品)の"
    r"(?:他|ほか|別)の?(?:状態|もの|物|個体|商品)?(?:は|を|が)?(?:見せて(?:ください)?|ありますか)?"
    r"|(?:show me )?(?:others?|similar)(?: pieces| conditions?)?"
    r" of (?:the|this) (?:same )?model"
    r"|同款其他|같은 모델의? 다른 상태"
)
ANOTHER_SHOT = re.compile(
    rf"{_OF}(?:別|べつ|他|ほか|違う|新しい)の?(?:カット|角度|アングル|ショット)(?:の(?:動画|写真))?"
    r"(?:を|から|で|も)?(?:撮影)?(?:頼む|頼みたい|お?願い(?:します|したい)?|撮って|して|ください|下さい|ほしい|欲しい|"
    r"もらえますか|いただけますか|できますか|です)*"
    rf"|{_OF}(?:もう一度|再度)?(?:撮り直し|撮りなおし|再撮影)(?:て|を)?"
    r"(?:お?願い(?:します|したい)?|して|ください|下さい|ほしい|欲しい|もらえますか|いただけますか|です)*"
    rf"|(?:please )?(?:take |film |send )?(?:another|a new|a different) (?:shot|angle)(?: of {_CODE})?"
    r"(?:,? please)?"
    r"|(?:請|请)?(?:換|换)(?:個|个|一個|一个)?角度(?:再)?(?:拍|拍攝|拍摄)?|다른 (?:각도|컷)(?:으로|을)?(?: 찍어 ?주세요)?"
)
HOLDS = re.compile(rf"取り?置き?(?:の|中の?)?(?:商品)?{_LIST}|(?:my )?(?:list of )?holds")
EXTEND = re.compile(rf"{_HELD}延長\s*{_PLEASE}|extend (?:my |the )?hold(?: on \S+)?")
RELEASE = re.compile(
    rf"{_HELD}(?:解除|キャンセル|取り?消し?|取りやめ)\s*{_PLEASE}"
    r"|(?:cancel|release) (?:my |the )?hold(?: on \S+)?"
)
LINKS = re.compile(rf"(?:お客様用|共有)?リンク{_LIST}|(?:my )?(?:list of )?(?:links|pages)")
_LINK_JA = (
    rf"(?:{_CODE}\s*(?:の|は)?\s*)?(?:(?:作った|渡した|送った|お渡しした|お送りした)?"
    r"(?:お客様用|共有)?(?:の)?(?:リンク|ページ)(?:の|は|を|が)?\s*)?"
)
LOOKED = re.compile(
    rf"{_LINK_JA}(?:もう)?(?:何|なん)(?:回|度|人に?)(?:くらい|ぐらい)?(?:見ら|みら|開か|閲覧さ)れ"
    r"(?:た|ました|て(?:い)?(?:る|ます))(?:の|んです|のです)?か?(?:教えて(?:ください)?)?"
    rf"|{_LINK_JA}(?:閲覧|開封)(?:回数|数)(?:は|を)?(?:教えて(?:ください)?)?"
    r"|how (?:often|many times) (?:has|have|was|were|did)(?: my| the| that)?"
    rf"(?: it| they| links?| pages?| {_CODE})?(?: been)? (?:looked at|viewed|opened|seen)"
    r"|(?:連結|链接|鏈接|頁面|页面)?(?:已經|已经)?(?:被)?(?:看|打開|打开|開啟|瀏覽|浏览)(?:過|过|了)?"
    r"(?:幾|几|多少)次(?:了)?"
    r"|(?:링크|페이지)?(?:는|은|를|을|가|이)? ?몇 ?(?:번|회) ?"
    r"(?:봤|보았|열었|열렸|조회됐|조회되었|열람됐|열람되었)(?:나요|어요|습니까)?"
)
WATCHES = re.compile(rf"(?:お知らせ|ウォッチ)(?:中の?商品)?{_LIST}|(?:my )?watch ?list")
WISHES = re.compile(
    rf"(?:探し|さがし)(?:物|もの|ている(?:物|もの)){_LIST}"
    r"|(?:my )?(?:searches|want ?list|wish ?list)"
)
WATCH = re.compile(rf"{_CODE}\s*(?:の|を)?\s*(?:ウォッチ|お知らせ)(?:する|して(?:ください)?)?")
UNWATCH = re.compile(
    rf"{_CODE}\s*(?:の|を)?\s*(?:ウォッチ|お知らせ)(?:の|を)?\s*"
    r"(?:解除|停止|止めて|やめる|やめて)(?:する|して|ください)*"
)
LOANS = re.compile(rf"お?預か?り(?:中の?商品|品|物)?{_LIST}|(?:my )?loan(?:s| list)|lent pieces")
INVITATION = re.compile(
    r"(?:(?:招待|紹介)?コード|(?:invitation )?code|邀請碼|邀请码|초대 ?코드)"
    rf"\s*(?:は|:)?\s*(?P<code>{_SIGN}{{5}}[- ー]?{_SIGN}{{5}})(?:です)?"
    rf"|{_WITH_DIGIT}(?P<bare>{_SIGN}{{5}}[-ー]{_SIGN}{{5}})(?:です)?"
)
PAGE = re.compile(
    r"(?:私の)?マイページ(?:を)?(?:見る|見たい(?:です)?|見せて(?:ください)?|開く|開いて)?"
    r"|(?:open |show )?my page|我的[專专]?[頁页面]{1,2}|마이 ?페이지"
)
UNLINK = re.compile(
    r"(?:会員|アカウント|line)?(?:情報)?(?:との|の)?連携(?:を)?(?:解除|取り?消し?|やめ)"
    r"(?:する|したい(?:です)?|して(?:ください)?|たい(?:です)?|方法|お願いします)?"
    r"|(?:unlink|disconnect) (?:me|my (?:account|membership))(?: please)?"
    r"|解除(?:會員|会员|帳號|账号)?(?:綁定|绑定|連結|关联|關聯)|(?:회원 ?)?연동 ?해제(?:해 ?주세요)?"
)
TASTES = re.compile(
    rf"(?:私の)?(?:好み|お好み)(?:・サイズ)?(?:{_LIST}|を(?:見せて(?:ください)?|見る|確認(?:する|したい)?))"
    r"|(?:show )?my (?:tastes|preferences)|see my tastes|(?:查看)?我的(?:喜好|偏好)|내 취향(?: 보기)?"
)
AS_BOUGHT = re.compile(
    r"(?:私の|わたしの)?(?:購入時|買った(?:時|とき))の(?:状態|記録)"
    r"(?:を?(?:見せて|見たい|教えて)(?:ください|です)?)?"
    r"|(?:show me )?(?:the )?condition (?:when|as) (?:i bought it|bought|purchased|sold)"
    r"|購買時?的?狀態|购买时?的?状态|(?:구매|구입) ?(?:시|당시)의? ?상태"
)
_PIECE_JA = "時計|ダイヤモンド|ダイヤ|指輪|バッグ|かばん|鞄|洋服|服|コート|商品|お?品物?|もの|物"
_PIECE_EN = "watch|diamond|ring|bag|coat|clothes|piece|item"
_PIECE_ZH = "手錶|手表|腕錶|腕表|鑽石|钻石|包包|包|衣服|商品|東西|东西"
_PIECE_KO = "시계|다이아몬드|다이아|가방|옷|상품|물건"
_MINE_JA = "(?:(?:私|わたし|僕|うち)の|預けた|預けている|お預けした)"
_SHOW_JA = "(?:は|を|が)?(?:見せて|見たい|教えて|知りたい|どう)?(?:ください|です|ですか|なって(?:い)?ますか)?"
OWN_STATE = re.compile(
    rf"{_MINE_JA}(?:{_PIECE_JA})の(?:状態|コンディション|記録){_SHOW_JA}"
    rf"|(?:show me )?(?:the )?(?:condition|state) of my (?:{_PIECE_EN})"
    rf"|我(?:寄放|寄存|寄卖|寄賣)?的(?:{_PIECE_ZH})的?(?:狀態|状态)"
    rf"|내 ?(?:{_PIECE_KO})(?:의)? ?상태(?:를?|는)? ?(?:보여 ?주세요|알려 ?주세요)?"
)
OWN_WAY = re.compile(
    rf"{_MINE_JA}(?:{_PIECE_JA})(?:は|の)?(?:いま|今|現在)(?:は)?"
    r"(?:どこ|どう(?:なって(?:い)?(?:る|ます))?)?(?:にあります|です|でしょう)?か?"
    rf"|{_MINE_JA}(?:{_PIECE_JA})の(?:いまの|今の)?(?:状況|様子|管理の?経過|経過){_SHOW_JA}"
    rf"|(?:{_CODE}の)?管理の?経過{_SHOW_JA}"
    rf"|where is my (?:{_PIECE_EN})(?: now)?|(?:show me )?(?:the |my )?custody record"
    rf"|我的(?:{_PIECE_ZH})(?:現在|现在)?在(?:哪裡|哪里|哪兒|哪儿|哪)|保管經過|保管经过"
    rf"|내 ?(?:{_PIECE_KO})(?:는|은)? ?(?:지금 ?)?어디(?:에)? ?(?:있나요|있어요)|보관 ?경과"
)
_CLOCK = r"\d{1,3}:\d{2}|\d{1,3}\s*分(?:\s*\d{1,2}\s*秒)?|\d{1,4}\s*秒"
_SCENE = r"(?P<scene>[^\s:\d]{1,12}?)"
_STILL_JA = r"(?:静止画|スクショ|スクリーンショット|(?:動画の)?切り抜き|キャプチャ)"
_STILL_ZH = r"(?:静止画面|靜止畫面|截图|截圖)"
_ASK_JA = (
    r"(?:を|が|で|に|も)?(?:ください|下さい|ほしい|欲しい|見せて|見たい|送って|お?願い(?:します|したい)?|"
    r"もらえますか|いただけますか|できますか|して|です)*"
)
STILL = re.compile(
    rf"{_OF}(?:動画の\s*|動画から\s*)?"
    rf"(?:(?:(?P<clock>{_CLOCK})|{_SCENE})\s*(?:の?(?:ところ|場面|あたり|時点))?\s*(?:の|を|で)?\s*)?"
    rf"{_STILL_JA}{_ASK_JA}"
    rf"|(?:please )?(?:send |show |take )?(?:me )?(?:a |the )?(?:still|screenshot|frame)"
    rf"(?: (?:at|of|from))?(?: (?P<clock_en>\d{{1,3}}:\d{{2}}|\d{{1,4}} ?s(?:ec(?:onds?)?)?))?"
    rf"(?: (?:of|from|in))?(?: {_CODE}| the film)?(?:,? please)?"
    rf"|(?:(?:请|請)?(?:给|給)我)?(?:{_CODE}\s*(?:的)?\s*)?"
    rf"(?:(?P<clock_zh>{_CLOCK})\s*(?:的)?\s*)?{_STILL_ZH}"
    rf"|(?:{_CODE}\s*)?(?:(?P<clock_ko>\d{{1,3}}:\d{{2}}|\d{{1,3}}분(?:\s*\d{{1,2}}초)?|\d{{1,4}}초)\s*(?:의)?\s*)?"
    r"(?:정지 ?화면|캡처)(?:을|를)?(?: ?(?:보여|보내) ?주세요)?"
)
