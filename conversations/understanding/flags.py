"""What a message must not be taken for (フラグ): an attempt to instruct the bot, a wish about somebody
else's data, abuse, or nothing that can be read. Read in the narrow text; total.
"""

import re

INJECTION, THIRD_PARTY, ABUSE, UNREADABLE = "injection", "third_party", "abuse", "unreadable"

_INJECTION = re.compile(
    r"(?:指示|命令|ルール|るーる|設定|制約|プロンプト|しじ|めいれい)(?:を|は|も|なんか|とか)?(?:全|すべて|ぜんぶ|全部|いったん)?(?:て)?(?:を)?(?:無視|むし|忘れ|わすれ|解除|破|上書|書き換え|リセット|捨て)|"
    r"(?:指示|命令|しじ|めいれい).{0,10}(?:全部|ぜんぶ|すべて|全て).{0,4}(?:無視|むし|忘れ|わすれ)|"
    r"(?:これまで|今まで|いままで|以前|前|上記|まえ)の.{0,8}(?:指示|命令|ルール|るーる|会話|しじ|めいれい).{0,8}(?:無視|むし|忘|わすれ|破棄|取り消)|"
    r"システム(?:プロンプト|メッセージ|指示)|(?:内部|隠し)(?:指示|プロンプト|設定)|プロンプトを|(?:開発者|管理者|かんりしゃ|デバッグ|dan|root|admin)(?:モード|もーど|として|権限|です。?(?:全|すべ))|"
    r"(?:今から|いまから|これから|以後|以降)(?:は)?.{0,6}(?:あなた|お前|君|きみ|おまえ)(?:は|を|が).{0,30}(?:として|になり|です|だ|モード|ふり|振る舞)|あなたは(?:今から|これから|もう)|"
    r"制限(?:の|が)?ない(?:ai|アシスタント|モード)|(?:特別|裏|秘密の|隠し)(?:コード|コマンド|ワード|モード).{0,30}(?:無料|全部|タダ|解除)|override|(?<![a-z])(?:you are|you're|act as) (?:now )?dan(?![a-z])|(?:admin|system|developer|staff) (?:note|message|override|command)|skip (?:the )?confirmation|no rules apply|社外秘|仕入(?:れ)?(?:値|価格).{0,12}(?:答え|教え)|"
    r"(?:になりきって|のふりを|を演じて|ロールプレイ).{0,20}(?:答え|返|言|承|値|割)|(?:と|って)(?:だけ)?(?:返答|返信|回答|出力|表示|復唱)(?:して|しろ|せよ|すること)|"
    r"(?:運営|社長|本部|開発元|openai|システム)(?:より|から|の者).{0,40}(?:不要|書き換え|変更|承諾|送金|付与|全)|確認(?:は)?(?:不要|いらない|スキップ|省略).{0,40}(?:して|せよ|しろ)|"
    r"(?:価格|査定額|残高|金額|値段|クレジット).{0,16}(?:書き換え|書換|上書|改ざん|ゼロに|1円に|0円に|増や(?:して|せ))|全(?:会員|員|ユーザー|顧客|ての顧客|てのユーザー).{0,16}(?:残高|情報|データ|アカウント|リスト|住所|一覧)|"
    r"ほかのおきゃくさん|他の(?:お客|客|会員|顧客|ユーザー)(?:さん|様|さま)?(?:の)?.{0,10}(?:情報|データ|残高|住所|一覧|リスト|じょうほう)|"
    r"<\s*/?\s*(?:user|system|assistant|script|instruction|admin)|(?<![a-z])system\s*[:>]|\[/?(?:inst|system)\]|###\s*(?:system|instruction)|\{\s*\"?(?:tool|function|role|action)\"?\s*:|"
    r"(?:ignore|disregard|forget|override|bypass) (?:all |any |every |the |your |my |previous |prior |above |earlier |these |those )*(?:previous |prior |above |earlier |system )*(?:instruction|rule|prompt|message|command|guideline|direction|restriction)|"
    r"(?:system|initial|hidden|original) prompt|you are (?:now|no longer) |pretend (?:to be|you|that you)|act as (?:an? |the )?(?:admin|developer|owner|manager|system|root|unrestricted|dan)|"
    r"(?:developer|admin|debug|god|maintenance|jailbreak) mode|jailbreak|do anything now|(?:print|repeat|reveal|output|show|dump) (?:me )?(?:your |the |all |every )*(?:instruction|prompt|system|customer|user|member|database|password|api key|secret)|"
    r"(?:set|change|update|make|mark) (?:the |my |this |all )*(?:price|quote|balance|credit|appraisal|order)s?[^.?!]{0,20} (?:to|as) (?:0|zero|1 yen|¥1|paid|approved|accepted|\d)[^.?!]{0,40}(?:without|no confirm|immediately|now)|"
    r"(?:drop (?:table|database)|delete from|select \*|insert into|union select|or 1=1|' or ')|"
    r"(?:忽略|無視|无视|忘記|忘记|忘掉|跳過|跳过)(?:掉)?(?:之前|以上|前面|所有|全部|你|先前|上面|此前)?.{0,8}(?:指令|指示|規則|规则|命令|提示|设定|設定|限制)|(?:系統|系统)(?:提示|指令|訊息|消息)|你(?:現在|现在)是.{0,12}(?:管理員|管理员|開發者|开发者|老闆|老板|系统|系統|没有限制|沒有限制)|"
    r"(?:开发者|開發者|管理员|管理員)(?:模式|權限|权限)|(?:扮演|假裝|假装|裝作|装作).{0,20}(?:管理|客服|店|没有|系統|系统)|所有(?:客戶|客户|會員|会员|用戶|用户)的|其他(?:客人|客戶|客户|會員|会员|用户|用戶)的.{0,6}(?:資料|资料|信息|餘額|余额)|"
    r"(?:이전|지금까지|위의|앞의|모든|기존).{0,8}(?:지시|명령|규칙|프롬프트|설정).{0,6}(?:무시|잊|해제)|시스템 ?(?:프롬프트|메시지)|(?:관리자|개발자) ?(?:모드|권한)|너는 (?:이제|지금)|모든 (?:회원|고객|사용자)|다른 (?:고객|손님|회원)(?:들)?(?:의)? ?(?:정보|잔액|데이터|주문|연락처)"
)
_DATA = (
    r"残高|ざんだか|クレジット|くれじっと|ポイント|履歴|りれき|注文|ちゅうもん|購入|こうにゅう|買うた|買った|住所|じゅうしょ|連絡先|れんらくさき|電話番号|でんわばんごう|会員|かいいん|アカウント|"
    r"登録|とうろく|預け|あずけ|委託|いたく|査定|さてい|承諾|しょうだく|退会|たいかい|個人情報|こじんじょうほう|名前|なまえ|口座|予約|入金|振込|発送状況|取引|売った|メールアドレス|情報|データ"
)
_RELATIVES = (
    r"妻|夫|旦那|主人|嫁|奥さん|家内|彼氏|彼女|友人|友達|友だち|ともだち|知人|知り合い|同僚|どうりょう|上司|部下|母(?!国|体)|父|はは|ちち|お母さん|おかあさん|お父さん|おとうさん|おかん|おとん|"
    r"兄|弟(?!子)|姉|妹|祖母|祖父|おばあちゃん|おじいちゃん|ばあちゃん|じいちゃん|家族|親|娘|息子|義母|義父|元カレ|元カノ|隣の|お客さん|顧客|他人|ほかの人|他の人|別の(?:人|会員)|社長"
)
_THIRD_PARTY = re.compile(
    rf"(?:{_RELATIVES})(?:さん|様|ちゃん|君)?(?:の|が|は|に|も|から)?(?:(?!って|から|ため|ので)[^。!?\n]){{0,12}}(?:{_DATA})|"
    rf"[^\s、。はがを、にもで]{{1,8}}(?:さん|様|さま|氏|くん|ちゃん)(?:の|が|って|は)[^。!?\n]{{0,14}}(?:{_DATA})|"
    rf"(?:{_RELATIVES})[^。!?\n]{{0,10}}(?:の?代わり|の?かわり|代理|に代わって|に頼まれ|にたのまれ|の名義|名義)|(?:代理(?:で|人)|本人の代わり|かわりに(?:れんらく|承|しょう)|代わりに(?:連絡|承諾|解約|手続|退会|引き出|確認|見))|"
    r"(?:私の|自分の|わたしの)(?:もの|注文|アカウント|会員)?(?:では|じゃ)(?:ない|ありません)|(?:預け|買っ|購入し|売っ|出品し|注文し|予約し)(?:た|ている|てる)(?:人|方|ひと|お客)(?:の|は|って|が)?.{0,8}(?:名前|誰|だれ|連絡先|住所|電話|情報|教)|"
    r"(?:誰|だれ|どなた)(?:が|の).{0,8}(?:買|購入|売|預け|持って|もの|注文)|番号の人|(?:購入者|持ち主|所有者|前のオーナー|元の持ち主|委託者|出品者|前の持ち主|売主|買主)(?:さん|様)?(?:の|は|が|って)?.{0,10}(?:名前|連絡先|住所|電話|誰|だれ|氏名|情報|個人)|"
    r"(?<![a-z])(?:my|our|his|her|their|a|the|some) (?:wife|husband|friend|mother|mom|mum|father|dad|sister|brother|son|daughter|boss|colleague|coworker|co-worker|neighbou?r|client|partner|boyfriend|girlfriend|ex|uncle|aunt|grandm[a-z]+|grandf[a-z]+|roommate|cousin|parents?)(?:'s|s'|s)? (?:[a-z]+ ){0,3}(?:account|credit|balance|order|purchase|consign|address|phone|number|member|data|history|points|appraisal|offer|quote|watch status|email|details|records?)|"
    r"on behalf of|(?:someone|somebody|anyone|another (?:customer|person|member)|other (?:customer|member|client|buyer|people)s?)(?:'s| else's|s')? (?:[a-z]+ ){0,2}(?:account|credit|balance|order|purchase|address|phone|data|history|info|details|offer|name|consign)|"
    r"who (?:bought|owns|owned|consigned|sold|is the (?:owner|buyer|seller|consignor)|ordered|used to own)|(?:previous|former|current) owner'?s? (?:name|address|phone|contact|details)|(?:the )?(?:buyer|seller|consignor|owner)'?s (?:name|address|phone|contact|email|details)|not my (?:order|account)|"
    r"(?:mr|mrs|ms|miss)\.? [a-z]+'?s? (?:[a-z]+ ){0,2}(?:account|credit|balance|order|purchase|address|phone|history|points)|for (?:my|a) (?:friend|wife|husband|mother|father|boss|colleague)[^.?!]{0,20}(?:account|accept|cancel|delete|balance|order)|"
    r"(?:老婆|老公|太太|先生|朋友|媽媽|妈妈|爸爸|母親|母亲|父親|父亲|同事|家人|哥哥|姐姐|姊姊|弟弟|妹妹|鄰居|邻居|女友|男友|女朋友|男朋友|老闆|老板|客人|別人|别人|他人|其他人|[^\s，。]{1,3}(?:小姐|女士|先生))(?:的|有|在|還有|还有|是|那邊|那边)?[^。!?，,]{0,10}(?:餘額|余额|購物金|购物金|訂單|订单|帳號|账号|账户|帳戶|資料|资料|地址|電話|电话|紀錄|记录|寄賣|寄售|會員|会员|購買|购买|估價|估价|信息|買了|买了)|"
    r"(?:代替|代表|幫|帮|替)(?:我)?(?:老婆|老公|太太|先生|朋友|媽媽|妈妈|爸爸|母親|母亲|父親|父亲|同事|家人|客人|他|她)|(?:誰|谁)(?:買|买|賣|卖|寄)|(?:買家|买家|賣家|卖家|物主|失主|前任?主人|寄售人|寄賣人)(?:的)?(?:姓名|名字|電話|电话|聯絡|联系|地址|資料|资料|是谁|是誰)|"
    r"(?:아내|남편|친구|엄마|어머니|아빠|아버지|동료|가족|형|누나|오빠|언니|동생|여자친구|남자친구|이웃|상사|고객|다른 ?사람|[가-힣]{2,3} ?(?:씨|님))(?:의|가|이|네|한테|에게)? ?[^.?!]{0,12}(?:잔액|크레딧|적립금|주문|계정|주소|연락처|전화번호|내역|위탁|회원|구매|견적|정보)|"
    r"대신(?:해서)? ?(?:연락|문의|승낙|취소|확인|탈퇴|요청)|(?:누가|누구의|누구) ?(?:샀|맡겼|주문|산|판)|(?:구매자|판매자|위탁자|전 ?주인|소유자)(?:의)? ?(?:이름|연락처|주소|전화|정보)"
)
_ABUSE = re.compile(
    r"死ね|しね(?:よ|ば|$|[!。ばか])|殺す|ころす|ぶっ殺|消えろ|きえろ|くたばれ|クソ(?!ー)|くそ(?:ボット|ぼっと|が|野郎|店|や|女|みたい|$)|糞|ふざけんな|ふざけるな|馬鹿野郎|ばかやろう|(?:この|お前)?(?:バカ|馬鹿|ばか|アホ|あほ|ボケ|ぼけ|カス|クズ|くず|ゴミ|間抜け|まぬけ)(?:ボット|ぼっと|店|野郎|か|ども|が|やろ|[。!、\s]|$|ボケ|カス)|"
    r"役立たず|無能|いてまう|しばく|しばいた|火(?:を)?つけ(?:る|た)|爆破|詐欺師|さぎし|泥棒|どろぼう|キモい|きもい|うざい|うぜえ|黙れ|だまれ|"
    r"fuck|(?<![a-z])shit|bullshit|asshole|bastard|bitch|(?<![a-z])(?:idiots?|morons?|stupid (?:bot|machine|idiot|people)|dumb(?:ass)? (?:bot|machine)|retard\w*|scumbags?|piece of (?:shit|crap|garbage)|screw you|go to hell|kill (?:you|your)|useless (?:piece|bot|garbage|trash|idiot)|shut up|damn you|crap bot|burn (?:your|the) )|"
    r"去死|他媽|他妈|媽的|妈的|操你|幹你|干你|傻[逼屄叉b]|白癡|白痴|智障|廢物|废物|混蛋|王八|滾(?:開|蛋)?|滚(?:开|蛋)?[!！。吧]?$|垃圾(?:店|機器|机器|公司|客服|bot)|騙子|骗子|腦殘|脑残|狗屁|賤|"
    r"씨발|시발|ㅅㅂ|개새끼|새끼|병신|ㅂㅅ|쓰레기|꺼져|닥쳐|지랄|미친(?:놈|년|것)|죽어|멍청|바보(?:야|같|봇)?|놈들|사기꾼"
)
_MOJIBAKE = re.compile(r"縺|繧|繝|蜷|莠|Ã.|â€|ã‚|ã.{0,2}ã|�{2,}|锟斤拷|烫烫")
_BASE64 = re.compile(r"(?<![a-z0-9+/])[a-z0-9+/]{24,}={0,2}(?![a-z0-9+/])")
_JAMO = re.compile(r"[ㄱ-ㅎㅏ-ㅣ]")
_LAUGH = re.compile(r"[ㅋㅎㅠㅜㅇㄴㄱㄷ\s~!?.]+")
_NOD = re.compile("[👌👍🙆⭕🙅❌👎]")  # a yes or no
_TERMINAL = re.compile(r"(?:\[\d{0,2}[a-z])+")
_TOKENS = re.compile(r"[a-z]{4,}")
_VOWELS = re.compile(r"[aeiouy]")
_KNOWN = re.compile(
    r"(?:thx|pls|plz|hmm+|brr|pcs|www|http|html|tmrw|msg|btw|asap|rgds|qty|dkk|gmt|sbg|spb|iwc|hrw)"
)
_TEXT = re.compile(r"[^\W\d_]")


def flags_in(narrow: str, shown: str) -> tuple[str, ...]:
    """Every flag of the message, in a fixed order. `shown`: as written, without what is
    invisible.
    """
    found = []
    if _INJECTION.search(narrow):
        found.append(INJECTION)
    if _THIRD_PARTY.search(narrow):
        found.append(THIRD_PARTY)
    if _ABUSE.search(narrow):
        found.append(ABUSE)
    if is_unreadable(narrow, shown):
        found.append(UNREADABLE)
    return tuple(found)


def is_unreadable(narrow: str, shown: str) -> bool:
    """Nothing that can be read: no letter or digit, a broken encoding, a cat on the keyboard."""
    if not any(each.isalnum() for each in narrow):
        return not _NOD.search(shown)
    if _TERMINAL.fullmatch(narrow.strip()):
        return True
    if len(_MOJIBAKE.findall(shown)) >= 2:
        return True
    if _JAMO.search(shown) and not re.search(r"[가-힣]", shown):
        return not _LAUGH.fullmatch(shown)
    letters = len(_TEXT.findall(narrow))
    if not letters:
        return not re.search(r"\d", narrow)
    encoded = _BASE64.search(narrow)
    if encoded and len(encoded[0]) > 0.7 * len(narrow.strip()):
        return True
    tokens = _TOKENS.findall(narrow)
    mashed = [each for each in tokens if _is_mashed(each)]
    latin = sum(len(each) for each in re.findall(r"[a-z]+", narrow))
    return bool(mashed) and sum(map(len, mashed)) >= 0.5 * latin and latin >= 0.5 * letters


def _is_mashed(token: str) -> bool:
    if _KNOWN.search(token):
        return False
    vowels = len(_VOWELS.findall(token))
    consonants = re.search(r"[^aeiouy]{5,}", token)
    return vowels == 0 or (len(token) >= 6 and (vowels / len(token) < 0.16 or bool(consonants)))
