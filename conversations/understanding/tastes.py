"""What somebody says they like, in their own few words (R-117): 「革ベルト派」, 「手首16cm」,
"I prefer leather straps". None for everything that is not plainly said.
"""

import re

# fmt: off
_PATTERNS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"(?:^|[、。!?\s])(?:[^、。!?\s]{1,8}は)?(?P<taste>[^、。!?\s]{1,28}派)(?=です|だ|な|ね|よ|かな|かも|$|[、。!?])",
        r"(?P<taste>(?:手首|腕周り|腕まわり|指輪|リング|靴|足|ウエスト|洋服|服|帽子)(?:の?サイズ|周り)?"
        r"[はがも]?\s*\d{1,3}(?:\.\d)?\s*(?:cm|mm|センチ|ミリ|号|インチ)?)",
        r"(?:^|[、。!?\s])(?:[^、。!?\s]{1,8}は)?(?P<taste>[^、。!?\s]{1,28}が(?:好き|好み))",
        r"\bi (?:really )?(?:prefer|like|love) (?P<taste>[^.,!?]{2,50})",
        r"\b(?P<taste>my (?:wrist|ring|shoe|waist)(?: size)?(?: is)? \d{1,3}(?:\.\d)?"
        r"\s*(?:cm|mm|in(?:ch(?:es)?)?)?)",
        r"我(?:比較|比较)?(?:喜歡|喜欢|偏好|偏愛|偏爱)(?P<taste>[^,。!?,!?\s]{1,28})",
        r"(?:^|\s)(?:저는 |나는 )?(?P<taste>[^,.!?]{1,28}?)(?:을|를|이|가)? ?(?:더 )?"
        r"좋아(?:해요|합니다|해)",
    )
)
# fmt: on
_QUESTION = re.compile(r"[??]|ますか|ですか|でしょうか|吗|嗎|까요|나요")


def said(text: str) -> str | None:
    """The phrase to keep, as it was said."""
    told = text.strip()
    if len(told) > 120 or _QUESTION.search(told):
        return None
    for pattern in _PATTERNS:
        found = pattern.search(told)
        if found is not None:
            return found["taste"].strip()
    return None
