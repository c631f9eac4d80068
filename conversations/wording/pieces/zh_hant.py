"""商品相關的繁體中文."""

from collections.abc import Sequence

lang = "zh_hant"

_STANDINGS = {
    "free": "銷售中",
    "talks": "洽談中",
    "yours": "已為您保留",
    "sold": "已售出",
    "unlisted": "可為您介紹（尚未上架）",
    "ask": "請洽詢",
}
_AXES = {
    "case": "錶殼",
    "bezel": "錶圈",
    "crystal": "錶鏡",
    "dial": "面盤與指針",
    "bracelet": "錶鍊鬆弛",
    "clasp": "錶扣",
    "crown": "錶冠",
    "movement": "機芯",
    "water_test": "防水測試",
    "four_c": "4C",
    "girdle": "腰圍",
    "fluorescence": "螢光",
    "finish": "拋光與對稱",
    "setting": "鑲座",
    "prongs": "鑲爪",
    "corners": "四角",
    "handles": "提把",
    "exterior": "外觀",
    "edge_paint": "邊油",
    "hardware": "五金",
    "interior": "內裡",
    "odour": "氣味",
    "shape": "變形",
    "fabric": "布料",
    "pilling": "毛球",
    "stains": "污漬",
    "seams": "縫線",
    "lining": "裡布",
    "hem_cuff": "下擺與袖口",
}
_CATEGORIES = {
    "watch": "腕錶",
    "diamond": "鑽石與珠寶",
    "bag": "包包與小皮件",
    "apparel": "服飾",
}
_GRADES = {
    "N": "全新，配件齊全，貼膜與保護材完整",
    "S": "未使用，可能有陳列造成的極細微痕跡",
    "A": "輕微使用，無明顯損傷",
    "AB": "略有使用感，可見小刮痕或擦痕",
    "B": "有明顯使用感，可見刮痕與擦痕",
    "BC": "使用感強，刮痕與損傷較多",
    "C": "有破損或較大損傷，仍可使用",
    "J": "無法運作，或供零件使用",
}
_OF_CATEGORY = {
    "watch": {
        "N": "未使用，保卡、盒與保護膜齊全",
        "S": "未使用，僅有陳列痕跡",
        "A": "近看可見細微髮絲紋，走時良好",
        "AB": "錶殼或錶鍊有淺擦痕，無碰傷",
        "B": "有擦痕與小碰傷，錶鍊略鬆",
        "BC": "有深刮痕或碰傷，錶鍊明顯鬆弛",
        "C": "錶鏡缺損或面盤受損，仍可運作",
        "J": "無法運作，或供零件使用",
    },
    "diamond": {
        "N": "未使用的裸石或成品，附鑑定書",
        "S": "未使用，僅鑲座有陳列痕跡",
        "A": "寶石無缺損，鑲座有細微髮絲紋",
        "AB": "寶石無缺損，鑲座有淺擦痕",
        "B": "鑲座可見磨損，鑲爪穩固",
        "BC": "腰圍有小缺口，或鑲爪磨損",
        "C": "寶石缺損或鑲座變形，建議維修",
        "J": "寶石或鑲座破損，無法直接使用",
    },
    "bag": {
        "N": "未使用，保護膜與配件齊全",
        "S": "未使用，僅有陳列痕跡",
        "A": "邊角、提把、內裡無明顯損傷",
        "AB": "邊角有淺擦痕，五金有髮絲紋",
        "B": "可見邊角磨損或提把變色",
        "BC": "邊油剝落、內裡髒污等損傷較多",
        "C": "有破損、發黏或變形，仍可使用",
        "J": "無法使用，供維修或零件",
    },
    "apparel": {
        "N": "未使用，吊牌仍在",
        "S": "未使用，僅有試穿痕跡",
        "A": "極少穿著，無毛球或污漬",
        "AB": "略有穿著感，毛球極少",
        "B": "可見毛球、褪色或淡污漬",
        "BC": "污漬或磨損多，裡布受損",
        "C": "有破損或大污漬，仍可穿著",
        "J": "無法穿著，供布料或零件",
    },
}
_SCORES = (
    "破損或無法運作",
    "明顯，一眼可見",
    "看得出來",
    "輕微，拿在手上可見",
    "極細微，近看可見",
    "無損傷",
)
_ODOUR = ("強", "可察覺", "微弱", "無")


def availability(standing: str, *, until: str | None) -> str:
    told = _STANDINGS.get(standing, _STANDINGS["ask"])
    return told if until is None else f"{told}（至{until}）"


def label_media() -> str:
    return "紀錄"


def label_parts() -> str:
    return "已拍攝部位"


def label_accessories() -> str:
    return "配件"


def label_reference() -> str:
    return "型號"


def label_size() -> str:
    return "尺寸"


def label_colour() -> str:
    return "顏色"


def listed(told: Sequence[str]) -> str:
    return "、".join(told)


def not_recorded() -> str:
    return "無紀錄"


def rest_by_a_person() -> str:
    return "年份、維修紀錄、真偽等此處未記錄的事項，我們不作臆測，將由專人確認實物後回覆您。"


def last_one() -> str:
    return "同款目前僅此一件可為您介紹。"


def price_note() -> str:
    return "折扣與付款方式，歡迎由專人為您服務。"


def price_by_a_person() -> str:
    return "價格將由專人為您說明。"


def button_still() -> str:
    return "看照片"


def button_all_parts() -> str:
    return "選擇部位"


def button_similar() -> str:
    return "同款其他狀態"


def button_details() -> str:
    return "配件與詳情"


def button_grade() -> str:
    return "等級說明"


def button_sample(grade: str) -> str:
    return f"{grade} 級範例"


def button_another_shot() -> str:
    return "請重新拍攝"


def on_hand(count: int, *, is_cut: bool) -> str:
    if is_cut:
        return f"依新品到店順序為您列出{count}件。告知品牌、型號或預算即可縮小範圍。"
    return f"可為您介紹的商品共{count}件。"


def none_on_hand() -> str:
    return "目前沒有符合您需求的商品。"


def button_any_price() -> str:
    return "查看其他價格與等級"


def similar(title: str, count: int) -> str:
    return f"與{title}同款的商品另有{count}件，依等級與價格為您列出。"


def none_similar(title: str) -> str:
    return f"目前沒有與{title}同款的其他商品。"


def several(count: int) -> str:
    return f"為您一併送上{count}件。"


def several_by_tap(count: int) -> str:
    return f"為您列出{count}件，請按想看的商品的「觀看影片」。"


def which_grade() -> str:
    return "您想了解哪個等級呢？"


def grade_meaning(grade: str, category: str | None) -> str:
    general = _GRADES[grade]
    if category is None:
        return f"{grade} 級：{general}。"
    cat, own = _CATEGORIES[category], _OF_CATEGORY[category][grade]
    return f"{grade} 級：{general}。\n{cat}：{own}。"


def grade_of_piece(title: str, grade: str, *, is_provisional: bool) -> str:
    if is_provisional:
        return f"{title}依照片暫評為 {grade} 級，確認實物後定案。"
    return f"{title}為 {grade} 級。"


def category(category: str) -> str:
    return _CATEGORIES.get(category, category)


def axis(axis: str) -> str:
    return _AXES.get(axis, axis)


def score(axis: str, score: int) -> str:
    return (_ODOUR if axis == "odour" else _SCORES)[score]


def findings(told: Sequence[tuple[str, str]]) -> str:
    rows = "\n".join(f"・{a}：{s}" for a, s in told)
    return f"鑑定紀錄如下。\n{rows}"


def no_findings() -> str:
    return "鑑定紀錄中沒有明顯損傷。"


def no_grading(title: str) -> str:
    return f"{title}目前尚無逐項鑑定紀錄。"


def grade_of_before(grade: str) -> str:
    return f"等級{grade}為上次存放於本店時的評定。"


def no_sample(grade: str) -> str:
    return f"目前沒有 {grade} 級商品的範例可供觀看。"


def part_recorded(title: str, part: str) -> str:
    return f"為您說明{title}的{part}的鑑定紀錄。"


def part_not_recorded(title: str, part: str) -> str:
    return f"{title}的{part}沒有損傷紀錄，請以影片或照片確認。"


def another_shot(title: str, what: str, promised: str) -> str:
    return f"好的，我們將重新拍攝{title}的{what}，約於{promised}前傳送給您。"


def another_shot_arranged(title: str, what: str, promised: str) -> str:
    return f"{title}的{what}已安排重新拍攝，約於{promised}前傳送給您。"


def button_still_of_film() -> str:
    return "截取靜止畫面"


def which_moment(title: str, length: str, example: str) -> str:
    return (
        f"請問需要{title}影片中哪個畫面的截圖？請從下方選擇，或輸入「{example}的截圖」（影片長度為"
        f"{length}）。"
    )


def still_being_made(title: str, clock: str) -> str:
    return f"好的，正在為您準備{title}影片{clock}的截圖，稍後即傳送給您。"


def still_of_film(title: str, clock: str) -> str:
    return f"這是{title}影片{clock}的截圖。"


def no_still(title: str) -> str:
    return f"非常抱歉，無法為您準備{title}影片的截圖，將由專員為您服務。"
