"""Whose the shots of a station are: by tag, by staff, in the order they were taken; in doubt
nobody's (acceptance check 5, R-006).
"""

from datetime import datetime, timedelta
from pathlib import Path, PurePath

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session, select

from catalog.ground import journal, policy
from catalog.ground.record import UnitId
from catalog.ground.session.database import Database
from media.assets import queries as assets
from media.assets.kinds import Occasion, TimeSource
from media.assets.tables import Asset
from media.intake import sessions, stations
from media.intake.lapsing import CaptureTerms
from media.intake.receive import Received
from media.intake.sessions import Moment, NoSession, apart, came_before, is_during
from media.intake.stations import Station, card_of, folder_of
from media.intake.take import Entrance, take
from media.originals.local import LocalStore
from tests.media import captures
from tests.media.captures import NOON

BY = "staff:S"
moments = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31)).map(
    lambda each: each.replace(tzinfo=NOON.tzinfo)
)
shots = st.builds(
    Moment, moments, st.sampled_from([each.value for each in TimeSource]),
    st.none() | st.sampled_from(["EOS R5", "Z 8"]), st.none() | moments,
)  # fmt: skip


class Bench:
    """Two stations of one shop, two pieces, and a clock."""

    def __init__(self, database: Database, store: LocalStore, folder: Path) -> None:
        self.database, self.now = database, NOON
        self.first = captures.unit(database, "W-10234")
        self.second = captures.unit(database, "W-10235")
        self.desk = Station("desk", folder / "desk")
        self.scope = Station("scope", folder / "scope")
        self.entrance = Entrance(database, store, actor="hotfolder")
        self.seed = 0

    def later(self, seconds: int = 60) -> datetime:
        self.now += timedelta(seconds=seconds)
        return self.now

    def give(
        self, path: Path, station: Station | None = None, came_at: datetime | None = None
    ) -> Received:
        """The station's folder got this file; a minute later."""
        at = station or self.desk
        now = self.later()
        return take(
            path, self.entrance, now=now, root=at.folder, station=at.scope, came_at=came_at or now
        )

    def shot(
        self, name: str, station: Station | None = None, *, taken: str | None = None,
        came_at: datetime | None = None,
    ) -> UnitId | None:  # fmt: skip
        at = station or self.desk
        self.seed += 1
        path = captures.still(at.folder / name, seed=self.seed, width=320, height=240)
        if taken is not None:
            captures.say(path, taken)
        return self.give(path, at, came_at).unit_id

    def tag(
        self, code: str, station: Station | None = None, *, taken: str | None = None,
        came_at: datetime | None = None, name: str = "",
    ) -> Received:  # fmt: skip
        at = station or self.desk
        self.seed += 1
        path = captures.tag_photo(at.folder / (name or f"IMG_T{self.seed}.JPG"), code)
        if taken is not None:
            captures.say(path, taken)
        return self.give(path, at, came_at)

    def open(self, unit_id: UnitId, occasion: Occasion | None = None) -> str:
        now = self.later()
        return self.database.write(
            lambda db: (
                sessions.open_at(db, self.desk, unit_id, occasion=occasion, by=BY, now=now).id
            )
        )

    def close(self) -> None:
        now = self.later()
        self.database.write(lambda db: sessions.close_at(db, self.desk, by=BY, now=now))


@pytest.fixture
def bench(database: Database, store: LocalStore, tmp_path: Path) -> Bench:
    return Bench(database, store, tmp_path)


@given(shots, shots)
def test_of_two_shots_one_was_before_the_other_or_nobody_can_tell(one: Moment, two: Moment) -> None:
    answer = came_before(one, two)
    back = came_before(two, one)
    assert back is (None if answer is None else not answer)


@given(shots, moments)
def test_what_a_card_holds_of_another_day_is_of_no_session(shot: Moment, opened: datetime) -> None:
    if is_during(shot, opened, is_card=True):
        assert shot.is_cameras
        assert shot.at >= opened - timedelta(minutes=10)


def test_what_a_station_gives_belongs_to_the_piece_staff_chose(bench: Bench) -> None:
    """Until it is closed, another is opened, or a tag is photographed; R-006."""
    session = bench.open(bench.first, Occasion.INTAKE)
    assert bench.shot("IMG_1.JPG") == bench.first
    assert bench.shot("IMG_2.JPG", bench.scope) is None
    assert bench.shot("W-10235_1.JPG") == bench.second
    bench.open(bench.second)
    assert bench.shot("IMG_3.JPG") == bench.second
    assert bench.tag("W-10234").unit_id == bench.first
    assert bench.shot("IMG_4.JPG") == bench.first
    bench.open(bench.second)
    assert bench.shot("IMG_5.JPG") == bench.second
    bench.close()
    assert bench.shot("IMG_6.JPG") is None

    def look(db: Session) -> None:
        came = sessions.captures_of(db, session)
        assert [each.name for each in came] == ["IMG_1.JPG"]
        assert sessions.occasion_of(db, assets.AssetId(came[0].id)) is Occasion.INTAKE
        verbs = [each.verb for each in journal.of(db, f"unit:{bench.second}")]
        assert verbs == ["session_opened", "session_opened", "session_closed"]

    bench.database.read(look)


def test_opening_the_same_again_changes_nothing_and_nothing_open_cannot_be_closed(
    bench: Bench,
) -> None:
    assert bench.open(bench.first) == bench.open(bench.first)
    bench.close()
    with pytest.raises(NoSession):
        bench.close()


def test_a_shot_that_began_before_the_tag_and_came_late_is_not_the_next_pieces(
    bench: Bench,
) -> None:
    bench.tag("W-10234")
    began = bench.later()
    bench.tag("W-10235")
    assert bench.shot("MVI_1.JPG", came_at=began) == bench.first
    assert bench.shot("IMG_2.JPG") == bench.second


def test_the_camera_says_before_which_tag_a_shot_was_taken(bench: Bench) -> None:
    """A card copied in any order, or a large file that is written slowly."""
    bench.tag("W-10234", taken="10:00:00")
    bench.tag("W-10235", taken="10:05:00")
    assert bench.shot("IMG_9.JPG", taken="10:04:00") == bench.first
    assert bench.shot("IMG_8.JPG", taken="10:06:00") == bench.second
    assert bench.shot("IMG_7.JPG", taken="09:59:00") is None


def test_a_tag_nobody_can_read_or_of_no_piece_ends_the_session(bench: Bench) -> None:
    """A false tag: whose the next shots are is not known, so they are nobody's."""
    bench.tag("W-10234")
    assert bench.tag("W-99999").unit_id is None
    assert bench.shot("IMG_1.JPG") is None
    bench.tag("W-10234")
    damaged = captures.qr_photo(bench.desk.folder / "IMG_D.JPG", "akashi:W-10235:Q")
    assert bench.give(damaged).unit_id is None
    assert bench.shot("IMG_2.JPG") is None
    bench.tag("W-10234")
    blurred = captures.blurred(captures.tag_photo(bench.desk.folder / "IMG_B.JPG", "W-10235"), 5.2)
    assert bench.give(blurred).unit_id is None
    assert bench.shot("IMG_3.JPG") is None


def test_a_code_of_another_house_says_nothing(bench: Bench) -> None:
    bench.tag("W-10234")
    card = captures.qr_photo(bench.desk.folder / "IMG_1.JPG", "https://rolex.example/check/1")
    assert bench.give(card).unit_id == bench.first
    assert bench.shot("IMG_2.JPG") == bench.first


def test_the_same_picture_once_more_shows_what_it_showed(bench: Bench) -> None:
    bench.tag("W-10234")
    assert bench.shot("IMG_1.JPG") == bench.first
    again = bench.desk.folder / "copy" / "IMG_1 copy.JPG"
    again.parent.mkdir()
    again.write_bytes((bench.desk.folder / "IMG_1.JPG").read_bytes())
    assert bench.give(again).unit_id == bench.first
    bench.tag("W-10235")
    other = bench.desk.folder / "IMG_1 (2).JPG"
    other.write_bytes(again.read_bytes())
    assert bench.give(other).unit_id is None


def test_a_copied_tag_beside_another_pieces_session_ends_it(bench: Bench) -> None:
    bench.tag("W-10234", name="IMG_T.JPG")
    bench.tag("W-10235")
    copy = bench.desk.folder / "IMG_T copy.JPG"
    copy.write_bytes((bench.desk.folder / "IMG_T.JPG").read_bytes())
    bench.give(copy)
    assert bench.shot("IMG_1.JPG") is None


def test_a_card_is_one_place_and_its_old_shots_are_of_no_session_of_today(bench: Bench) -> None:
    bench.open(bench.second)
    card = "card/DCIM/100CANON"
    assert bench.shot(f"{card}/IMG_1.JPG", taken="08:00:00") is None
    bench.tag("W-10234", name=f"{card}/IMG_2.JPG", taken="08:01:00")
    assert bench.shot("card/DCIM/101CANON/IMG_3.JPG", taken="08:02:00") == bench.first
    assert bench.shot("IMG_4.JPG") == bench.second


def test_two_codes_in_one_name_are_nobodys(bench: Bench) -> None:
    bench.open(bench.first)
    assert bench.shot("W-10234_W-10235.JPG") is None
    assert bench.shot("cam-2/IMG_1.JPG") == bench.first


@pytest.mark.parametrize(
    ("path", "card"),
    [
        ("hot/DCIM/100CANON/IMG_1.JPG", "hot"),
        ("hot/a/DCIM/100CANON/IMG_1.JPG", "hot/a"),
        ("hot/a/dcim/IMG_1.JPG", "hot/a"),
        ("hot/IMG_1.JPG", None),
        ("hot/DCIM", None),
    ],
)
def test_a_card_is_the_folder_that_holds_dcim(path: str, card: str | None) -> None:
    found = card_of(PurePath("/srv") / path, PurePath("/srv/hot"))
    assert found == (PurePath("/srv") / card if card else None)
    if card is None:
        assert folder_of(PurePath("/srv") / path, None) == str((PurePath("/srv") / path).parent)


def test_stations_are_told_by_name_folder_and_operator() -> None:
    told = stations.told(["/a/hot", "/b/hot", "机=/c", "顕微鏡@佐藤=/d"])
    assert [(each.name, each.operator) for each in told] == [
        ("hot", None), ("hot-2", None), ("机", None), ("顕微鏡", "佐藤"),
    ]  # fmt: skip
    for wrong in (["a=/x", "a=/y"], ["/x", "/x/inside"]):
        with pytest.raises(ValueError, match=r"called|inside"):
            stations.told(wrong)


def test_no_tag_is_shown_as_a_capture(bench: Bench) -> None:
    bench.tag("W-10234")
    shown = bench.database.read(lambda db: assets.of_unit(db, bench.first))
    assert shown == []
    assert bench.database.read(lambda db: db.exec(select(Asset.is_tag)).all()) == [True]


NIGHT = 15 * 3600


def test_what_is_shot_the_next_morning_is_not_taken_for_yesterdays_piece(bench: Bench) -> None:
    """Nobody ended it; whose the shots are is asked (R-006)."""
    bench.open(bench.first)
    assert bench.shot("IMG_1.JPG") == bench.first
    bench.later(7 * 3600)
    assert bench.shot("IMG_2.JPG") == bench.first, "a long day goes on from its last shot"
    bench.later(7 * 3600)
    assert bench.shot("IMG_3.JPG") == bench.first
    bench.later(NIGHT)
    assert bench.shot("IMG_4.JPG") is None
    assert bench.shot("W-10234_5.JPG") == bench.first, "what names its piece needs no session"
    open_now = bench.database.read(lambda db: sessions.open_sessions(db, bench.desk, now=bench.now))
    assert list(open_now) == []


def test_a_tag_of_yesterday_says_nothing_of_todays_shots(bench: Bench) -> None:
    bench.tag("W-10234")
    assert bench.shot("IMG_1.JPG") == bench.first
    bench.later(NIGHT)
    assert bench.shot("IMG_2.JPG") is None
    bench.tag("W-10235")
    assert bench.shot("IMG_3.JPG") == bench.second


def test_a_card_copied_in_one_minute_goes_by_its_cameras_clock(bench: Bench) -> None:
    bench.tag("W-10234", name="DCIM/100CANON/IMG_1.JPG", taken="08:00:00")
    assert bench.shot("DCIM/100CANON/IMG_2.JPG", taken="08:05:00") == bench.first
    assert bench.shot("DCIM/100CANON/IMG_3.JPG", taken="17:30:00") is None


def test_the_same_piece_is_begun_anew_the_next_day(bench: Bench) -> None:
    yesterday = bench.open(bench.first, Occasion.INTAKE)
    assert bench.shot("IMG_1.JPG") == bench.first
    bench.later(NIGHT)
    assert bench.shot("W-10234_1.JPG") == bench.first
    today = bench.open(bench.first, Occasion.INTAKE)
    assert today != yesterday
    assert bench.shot("IMG_2.JPG") == bench.first
    came = bench.database.read(lambda db: [a.name for a in sessions.captures_of(db, yesterday)])
    assert came == ["IMG_1.JPG"], "what was shot today is not of yesterday's session"


def test_the_shop_says_how_long_a_session_waits(bench: Bench) -> None:
    terms = {"capture.session_hours": 24}
    bench.database.write(
        lambda db: policy.amend(db, terms, known=[CaptureTerms], by="test", now=bench.now)
    )
    bench.open(bench.first)
    bench.later(NIGHT)
    assert bench.shot("IMG_1.JPG") == bench.first


@given(shots, shots)
def test_the_time_between_two_shots_is_told_by_one_clock_or_not_at_all(
    one: Moment, two: Moment
) -> None:
    there, back = apart(one, two), apart(two, one)
    assert back == (None if there is None else -there)
