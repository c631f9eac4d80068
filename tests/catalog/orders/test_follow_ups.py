"""After a purchase: once an order and day, only while the piece is kept (R-102)."""

from datetime import date

from sqlmodel import Session, select

from catalog.buyback import comparables
from catalog.buyback.lines import parse
from catalog.ground.calendar import at_tokyo
from catalog.ground.record import UnitId
from catalog.ground.worklist import Work
from catalog.items.tables import Style, Unit
from catalog.orders import follow_ups
from tests.catalog.orders.counter import Counter

DELIVERED = date(2026, 10, 1)


def bought(counter: Counter, price: int = 100_000) -> tuple[str, UnitId]:
    """A watch that was delivered on 1 October."""
    unit = counter.owned("W-1", price)
    return counter.delivered(counter.customer(), unit).order_id, unit


def run(counter: Counter, *days: date) -> list[tuple[str, dict[str, object]]]:
    """The slot on these days; what somebody is to be told of the purchase."""
    for day in days:
        counter.database.write(lambda db, day=day: follow_ups.run(db, at_tokyo(day, 10)))

    def told(db: Session) -> list[tuple[str, dict[str, object]]]:
        rows = db.exec(select(Work).where(Work.kind == "notice").order_by(Work.id)).all()  # type: ignore[arg-type]  # a column
        return [(row.facts["phase"], row.facts) for row in rows if row.facts["phase"] in FOLLOWING]

    return counter.read(told)


FOLLOWING = set(follow_ups.DAYS_AFTER)


def test_thanks_care_and_value_come_on_their_days_and_once(counter: Counter) -> None:
    _, unit = bought(counter)
    assert run(counter, date(2026, 10, 3)) == []
    days = [date(2026, 10, 4), date(2026, 10, 4), date(2026, 10, 31), date(2027, 10, 1)]
    told = run(counter, *days, *days)
    assert [phase for phase, _ in told] == list(follow_ups.DAYS_AFTER)
    assert {facts["unit"] for _, facts in told} == {unit}
    assert told[1][1]["category"] == "watch"
    assert (told[2][1]["low"], told[2][1]["high"]) == (None, None), "too few like sales"


def test_a_clock_that_stood_still_is_forgiven_for_some_days_only(counter: Counter) -> None:
    bought(counter)
    assert run(counter, date(2026, 10, 9)) == []
    assert [phase for phase, _ in run(counter, date(2026, 11, 4))] == [follow_ups.CARE]


def test_what_was_sent_back_is_not_followed_up(counter: Counter) -> None:
    who = counter.customer()
    unit = counter.owned("W-1", 100_000)
    order = counter.delivered(who, unit).order_id
    assert counter.read(lambda db: follow_ups.is_kept(db, order, unit))
    counter.ask(who, order, unit)
    assert not counter.read(lambda db: follow_ups.is_kept(db, order, unit))
    assert run(counter, date(2026, 10, 4)) == []


def test_the_value_after_a_year_is_the_shops_own_range(counter: Counter) -> None:
    _, unit = bought(counter)
    year = date(2027, 10, 1)

    def like_sales(db: Session) -> None:
        row = db.get_one(Unit, unit)
        row.grade = "A"
        style = db.get_one(Style, row.style_id)
        style.brand, style.model, style.reference = "Rolex", "Daytona", "116500LN"
        db.add_all([row, style])
        lines = [
            parse(
                {
                    "brand": "Rolex", "model": "Daytona", "reference": "116500LN", "grade": "A",
                    "price": str(price), "sold_on": f"2027-09-0{day}",
                }
            )
            for day, price in enumerate((1_400_000, 1_500_000, 1_600_000), 1)
        ]  # fmt: skip
        comparables.take_lines(db, lines, by="t", now=at_tokyo(year))

    counter.database.write(like_sales)
    ((phase, facts),) = run(counter, year)
    assert phase == follow_ups.VALUE
    # 1,500,000 at grade A, a year: 1,485,000 − 222,750 − 5,000 = 1,250,000; ×0.6 and ×1.05.
    assert (facts["low"], facts["high"]) == (750_000, 1_310_000)
