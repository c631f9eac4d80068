"""商品相关的简体中文."""

from collections.abc import Sequence

lang = "zh_hans"

_STANDINGS = {
    "free": "在售",
    "talks": "洽谈中",
    "yours": "已为您保留",
    "sold": "已售出",
    "unlisted": "可为您介绍（尚未上架）",
    "ask": "请咨询",
}
_AXES = {
    "case": "表壳",
    "bezel": "表圈",
    "crystal": "表镜",
    "dial": "表盘与指针",
    "bracelet": "表链松弛",
    "clasp": "表扣",
    "crown": "表冠",
    "movement": "机芯",
    "water_test": "防水测试",
    "four_c": "4C",
    "girdle": "腰围",
    "fluorescence": "荧光",
    "finish": "抛光与对称",
    "setting": "镶座",
    "prongs": "镶爪",
    "corners": "四角",
    "handles": "提手",
    "exterior": "外观",
    "edge_paint": "边油",
    "hardware": "五金",
    "interior": "内衬",
    "odour": "气味",
    "shape": "变形",
    "fabric": "面料",
    "pilling": "毛球",
    "stains": "污渍",
    "seams": "缝线",
    "lining": "里布",
    "hem_cuff": "下摆与袖口",
}
_CATEGORIES = {
    "watch": "腕表",
    "diamond": "钻石与珠宝",
    "bag": "包袋与小皮具",
    "apparel": "服饰",
}
_GRADES = {
    "N": "全新，配件齐全，贴膜与保护材料完整",
    "S": "未使用，可能有陈列造成的极细微痕迹",
    "A": "轻微使用，无明显损伤",
    "AB": "略有使用感，可见小划痕或擦痕",
    "B": "有明显使用感，可见划痕与擦痕",
    "BC": "使用感强，划痕与损伤较多",
    "C": "有破损或较大损伤，仍可使用",
    "J": "无法运作，或供零件使用",
}
_OF_CATEGORY = {
    "watch": {
        "N": "未使用，保卡、盒与保护膜齐全",
        "S": "未使用，仅有陈列痕迹",
        "A": "近看可见细微发丝纹，走时良好",
        "AB": "表壳或表链有浅擦痕，无磕碰",
        "B": "有擦痕与小磕碰，表链略松",
        "BC": "有深划痕或磕碰，表链明显松弛",
        "C": "表镜缺损或表盘受损，仍可运作",
        "J": "无法运作，或供零件使用",
    },
    "diamond": {
        "N": "未使用的裸石或成品，附鉴定书",
        "S": "未使用，仅镶座有陈列痕迹",
        "A": "宝石无缺损，镶座有细微发丝纹",
        "AB": "宝石无缺损，镶座有浅擦痕",
        "B": "镶座可见磨损，镶爪稳固",
        "BC": "腰围有小缺口，或镶爪磨损",
        "C": "宝石缺损或镶座变形，建议维修",
        "J": "宝石或镶座破损，无法直接使用",
    },
    "bag": {
        "N": "未使用，保护膜与配件齐全",
        "S": "未使用，仅有陈列痕迹",
        "A": "边角、提手、内衬无明显损伤",
        "AB": "边角有浅擦痕，五金有发丝纹",
        "B": "可见边角磨损或提手变色",
        "BC": "边油剥落、内衬脏污等损伤较多",
        "C": "有破损、发黏或变形，仍可使用",
        "J": "无法使用，供维修或零件",
    },
    "apparel": {
        "N": "未使用，吊牌仍在",
        "S": "未使用，仅有试穿痕迹",
        "A": "极少穿着，无毛球或污渍",
        "AB": "略有穿着感，毛球极少",
        "B": "可见毛球、褪色或淡污渍",
        "BC": "污渍或磨损多，里布受损",
        "C": "有破损或大污渍，仍可穿着",
        "J": "无法穿着，供面料或零件",
    },
}
_SCORES = (
    "破损或无法运作",
    "明显，一眼可见",
    "看得出来",
    "轻微，拿在手上可见",
    "极细微，近看可见",
    "无损伤",
)
_ODOUR = ("强", "可察觉", "微弱", "无")


def availability(standing: str, *, until: str | None) -> str:
    told = _STANDINGS.get(standing, _STANDINGS["ask"])
    return told if until is None else f"{told}（至{until}）"


def label_media() -> str:
    return "记录"


def label_parts() -> str:
    return "已拍摄部位"


def label_accessories() -> str:
    return "配件"


def label_reference() -> str:
    return "型号"


def label_size() -> str:
    return "尺寸"


def label_colour() -> str:
    return "颜色"


def listed(told: Sequence[str]) -> str:
    return "、".join(told)


def not_recorded() -> str:
    return "无记录"


def rest_by_a_person() -> str:
    return "年份、维修记录、真伪等此处未记录的事项，我们不作臆测，将由顾问确认实物后回复您。"


def last_one() -> str:
    return "同款目前仅此一件可为您介绍。"


def price_note() -> str:
    return "折扣与付款方式，欢迎由顾问为您服务。"


def price_by_a_person() -> str:
    return "价格将由顾问为您说明。"


def button_still() -> str:
    return "看照片"


def button_all_parts() -> str:
    return "选择部位"


def button_similar() -> str:
    return "同款其他状态"


def button_details() -> str:
    return "配件与详情"


def button_grade() -> str:
    return "等级说明"


def button_sample(grade: str) -> str:
    return f"{grade} 级示例"


def button_another_shot() -> str:
    return "请重新拍摄"


def on_hand(count: int, *, is_cut: bool) -> str:
    if is_cut:
        return f"按新品到店顺序为您列出{count}件。告知品牌、型号或预算即可缩小范围。"
    return f"可为您介绍的商品共{count}件。"


def none_on_hand() -> str:
    return "目前没有符合您需求的商品。"


def button_any_price() -> str:
    return "查看其他价格与等级"


def similar(title: str, count: int) -> str:
    return f"与{title}同款的商品另有{count}件，按等级与价格为您列出。"


def none_similar(title: str) -> str:
    return f"目前没有与{title}同款的其他商品。"


def several(count: int) -> str:
    return f"为您一并送上{count}件。"


def several_by_tap(count: int) -> str:
    return f"为您列出{count}件，请按想看的商品的“观看视频”。"


def which_grade() -> str:
    return "您想了解哪个等级呢？"


def grade_meaning(grade: str, category: str | None) -> str:
    general = _GRADES[grade]
    if category is None:
        return f"{grade} 级：{general}。"
    cat, own = _CATEGORIES[category], _OF_CATEGORY[category][grade]
    return f"{grade} 级：{general}。\n{cat}：{own}。"


def grade_of_piece(title: str, grade: str, *, is_provisional: bool) -> str:
    if is_provisional:
        return f"{title}根据照片暂评为 {grade} 级，确认实物后定案。"
    return f"{title}为 {grade} 级。"


def category(category: str) -> str:
    return _CATEGORIES.get(category, category)


def axis(axis: str) -> str:
    return _AXES.get(axis, axis)


def score(axis: str, score: int) -> str:
    return (_ODOUR if axis == "odour" else _SCORES)[score]


def findings(told: Sequence[tuple[str, str]]) -> str:
    rows = "\n".join(f"・{a}：{s}" for a, s in told)
    return f"鉴定记录如下。\n{rows}"


def no_findings() -> str:
    return "鉴定记录中没有明显损伤。"


def no_grading(title: str) -> str:
    return f"{title}目前尚无逐项鉴定记录。"


def grade_of_before(grade: str) -> str:
    return f"等级{grade}为上次存放于本店时的评定。"


def no_sample(grade: str) -> str:
    return f"目前没有 {grade} 级商品的示例可供观看。"


def part_recorded(title: str, part: str) -> str:
    return f"为您说明{title}的{part}的鉴定记录。"


def part_not_recorded(title: str, part: str) -> str:
    return f"{title}的{part}没有损伤记录，请以视频或照片确认。"


def another_shot(title: str, what: str, promised: str) -> str:
    return f"好的，我们将重新拍摄{title}的{what}，约于{promised}前发送给您。"


def another_shot_arranged(title: str, what: str, promised: str) -> str:
    return f"{title}的{what}已安排重新拍摄，约于{promised}前发送给您。"


def button_still_of_film() -> str:
    return "截取静止画面"


def which_moment(title: str, length: str, example: str) -> str:
    return (
        f"请问需要{title}视频中哪个画面的截图？请从下方选择，或输入“{example}的截图”（视频长度为"
        f"{length}）。"
    )


def still_being_made(title: str, clock: str) -> str:
    return f"好的，正在为您准备{title}视频{clock}的截图，稍后即发送给您。"


def still_of_film(title: str, clock: str) -> str:
    return f"这是{title}视频{clock}的截图。"


def no_still(title: str) -> str:
    return f"非常抱歉，无法为您准备{title}视频的截图，将由专员为您服务。"
