"""What is said of pieces in English."""

from collections.abc import Sequence

lang = "en"

_STANDINGS = {
    "free": "available",
    "talks": "under negotiation",
    "yours": "held for you",
    "sold": "sold",
    "unlisted": "available to you, not yet in the window",
    "ask": "please ask",
}
_AXES = {
    "case": "case",
    "bezel": "bezel",
    "crystal": "crystal",
    "dial": "dial and hands",
    "bracelet": "bracelet stretch",
    "clasp": "clasp",
    "crown": "crown",
    "movement": "movement",
    "water_test": "water resistance test",
    "four_c": "4C",
    "girdle": "girdle",
    "fluorescence": "fluorescence",
    "finish": "finish",
    "setting": "setting and mount",
    "prongs": "prongs",
    "corners": "corners",
    "handles": "handles",
    "exterior": "exterior",
    "edge_paint": "edge paint",
    "hardware": "hardware",
    "interior": "interior",
    "odour": "odour",
    "shape": "shape",
    "fabric": "fabric",
    "pilling": "pilling",
    "stains": "stains",
    "seams": "seams",
    "lining": "lining",
    "hem_cuff": "hem and cuffs",
}
_CATEGORIES = {
    "watch": "watches",
    "diamond": "diamonds and jewellery",
    "bag": "bags",
    "apparel": "clothing",
}
_GRADES = {
    "N": "new and complete, with seals and protective film in place",
    "S": "unused; there may be the faintest traces of display",
    "A": "slightly used, without noticeable wear",
    "AB": "lightly used, with small scratches or scuffs",
    "B": "clearly used; scratches and scuffs can be seen",
    "BC": "heavily used, with many marks and wear",
    "C": "damaged or badly worn, but usable",
    "J": "not working, or for parts",
}
_OF_CATEGORY = {
    "watch": {
        "N": "unused, with papers, box and protective seals",
        "S": "unused, with traces of display only",
        "A": "fine hairlines seen close up; keeps good time",
        "AB": "light scuffs on case or bracelet, no dents",
        "B": "scuffs and small dents; slight bracelet stretch",
        "BC": "deep scratches or dents; clear bracelet stretch",
        "C": "a chipped crystal or worn dial, but running",
        "J": "not running, or for parts",
    },
    "diamond": {
        "N": "unused stone or piece, with its report",
        "S": "unused; traces of display on the mount only",
        "A": "no chips in the stone; fine hairlines on the mount",
        "AB": "no chips in the stone; light scuffs on the mount",
        "B": "visible wear on the mount; the prongs hold",
        "BC": "small chips at the girdle, or worn prongs",
        "C": "a chipped stone or bent mount; repair advised",
        "J": "stone or mount broken, not wearable as it is",
    },
    "bag": {
        "N": "unused, with protective film and accessories",
        "S": "unused, with traces of display only",
        "A": "no noticeable wear on corners, handles or interior",
        "AB": "light scuffs at the corners; hairlines on the hardware",
        "B": "visible corner wear or colour change of the handles",
        "BC": "much wear: peeling edges, marks inside",
        "C": "tears, stickiness or lost shape, but usable",
        "J": "not usable; for repair or parts",
    },
    "apparel": {
        "N": "unused, with its tags on",
        "S": "unused; traces of fitting only",
        "A": "hardly worn; no pilling or stains",
        "AB": "lightly worn; very little pilling",
        "B": "visible pilling, fading or faint stains",
        "BC": "many stains or scuffs; worn lining",
        "C": "tears or large stains, but wearable",
        "J": "not wearable; for fabric or parts",
    },
}
_SCORES = (
    "broken or not working",
    "strong, seen at a glance",
    "visible",
    "light, seen in the hand",
    "minimal, seen close up",
    "no wear",
)
_ODOUR = ("strong", "noticeable", "faint", "none")


def availability(standing: str, *, until: str | None) -> str:
    told = _STANDINGS.get(standing, _STANDINGS["ask"])
    return told if until is None else f"{told} (until {until})"


def label_media() -> str:
    return "Records"


def label_parts() -> str:
    return "Parts shown"


def label_accessories() -> str:
    return "Accessories"


def label_reference() -> str:
    return "Reference"


def label_size() -> str:
    return "Size"


def label_colour() -> str:
    return "Colour"


def listed(told: Sequence[str]) -> str:
    return ", ".join(told)


def not_recorded() -> str:
    return "not recorded"


def rest_by_a_person() -> str:
    return (
        "What is not recorded here, such as year, service history or authenticity, we do "
        "not guess: a member of our staff checks the piece itself and answers."
    )


def last_one() -> str:
    return "It is the only one of its model we can offer at the moment."


def price_note() -> str:
    return "Our staff will gladly talk about discounts and ways to pay."


def price_by_a_person() -> str:
    return "Our staff will tell you the price."


def button_still() -> str:
    return "See photos"


def button_all_parts() -> str:
    return "Choose a part"


def button_similar() -> str:
    return "Others of this model"


def button_details() -> str:
    return "Details"


def button_grade() -> str:
    return "What the grade means"


def button_sample(grade: str) -> str:
    return f"An example of {grade}"


def button_another_shot() -> str:
    return "Another shot"


def on_hand(count: int, *, is_cut: bool) -> str:
    if is_cut:
        return (
            f"Here are {count} pieces, the newest first. A brand, model or budget narrows "
            "them down."
        )
    return f"We can offer {count} piece(s)."


def none_on_hand() -> str:
    return "We have nothing that fits at the moment."


def button_any_price() -> str:
    return "See other prices"


def similar(title: str, count: int) -> str:
    return f"There are {count} other pieces of the same model as {title}, by grade and price."


def none_similar(title: str) -> str:
    return f"We have no other piece of the same model as {title}."


def several(count: int) -> str:
    return f"Here are the {count} pieces."


def several_by_tap(count: int) -> str:
    return f"Here are {count} pieces. Press “Watch the film” on the ones you would like to see."


def which_grade() -> str:
    return "Which grade would you like to know about?"


def grade_meaning(grade: str, category: str | None) -> str:
    general = _GRADES[grade]
    if category is None:
        return f"Grade {grade}: {general}."
    cat, own = _CATEGORIES[category], _OF_CATEGORY[category][grade]
    return f"Grade {grade}: {general}.\nFor {cat}: {own}."


def grade_of_piece(title: str, grade: str, *, is_provisional: bool) -> str:
    if is_provisional:
        return (
            f"{title} is provisionally grade {grade}, judged from photos. It is settled "
            "when we hold the piece."
        )
    return f"{title} is grade {grade}."


def category(category: str) -> str:
    return _CATEGORIES.get(category, category)


def axis(axis: str) -> str:
    return _AXES.get(axis, axis)


def score(axis: str, score: int) -> str:
    return (_ODOUR if axis == "odour" else _SCORES)[score]


def findings(told: Sequence[tuple[str, str]]) -> str:
    rows = "\n".join(f"· {a}: {s}" for a, s in told)
    return f"From the grading record:\n{rows}"


def no_findings() -> str:
    return "The grading record shows no noticeable wear."


def no_grading(title: str) -> str:
    return f"There is no grading record by detail for {title} yet."


def grade_of_before(grade: str) -> str:
    return f"Grade {grade} was given in an earlier stay with us."


def no_sample(grade: str) -> str:
    return f"We have no example of grade {grade} to show at the moment."


def part_recorded(title: str, part: str) -> str:
    return f"This is what the grading record says of the {part} of {title}."


def part_not_recorded(title: str, part: str) -> str:
    return (
        f"No wear is recorded for the {part} of {title}. Please see for yourself in the "
        "film or photo."
    )


def another_shot(title: str, what: str, promised: str) -> str:
    return f"Certainly. We will make a new {what} of {title} and send it here by about {promised}."


def another_shot_arranged(title: str, what: str, promised: str) -> str:
    return (
        f"A new {what} of {title} is already arranged. You will receive it here by about "
        f"{promised}."
    )


def button_still_of_film() -> str:
    return "Take a still"


def which_moment(title: str, length: str, example: str) -> str:
    return (
        f"Which moment of the film of {title} would you like as a still? Choose one below, or "
        f"write for example “still at {example}” (the film lasts {length})."
    )


def still_being_made(title: str, clock: str) -> str:
    return (
        f"Certainly. The still of {title} at {clock} is being made and will be sent here shortly."
    )


def still_of_film(title: str, clock: str) -> str:
    return f"{title}: the film at {clock}."


def no_still(title: str) -> str:
    return (
        f"We are sorry: no still could be made of the film of {title}. "
        "A member of our staff will help you."
    )
