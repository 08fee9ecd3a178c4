"""What is hidden of a location does not reach a stranger, by any answer or search."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import redis
from flask.testing import FlaskClient

from chassis import testing
from chassis.clock import now, rfc3339
from chassis.testing import User, a_user
from study_session_service.lists import LIST_COLUMNS
from study_session_service.models import StudySession

BASE = "/api/study-sessions"
AREA = "bbox=35.0,31.5,35.5,32.0"
# A word of its own in each text that a host can write.
SHOWN = {"title": "Zaftitle", "subject": "Zafsubject", "description": "Zafdescription"}
HIDDEN = {"venue_name": "Zafvenue", "meeting_url": "https://meet.example.org/zafmeeting"}
HIDDEN_WORDS = ("zafvenue", "zafmeeting")
LISTS = (
    "",
    "?has_space=false",
    "?lat=31.778&lng=35.235",
    "?lat=31.778&lng=35.235&sort=distance",
    f"?{AREA}",
    "?q=zaftitle",
    "?status=starting-soon,live,finished,cancelled",
    f"/clusters?{AREA}&zoom=10",
)
Open = Callable[..., Any]
Text = Callable[..., str]


@pytest.fixture
def ruth() -> User:
    return a_user("ruth")


@pytest.fixture
def open_hidden(open_session: Open, ruth: User) -> Open:
    """A session with an approximate location, and a word in each of its texts."""

    def open_as(*participants: User, **changes: Any) -> Any:
        words = {**SHOWN, **HIDDEN, "location_visibility": "approximate"}
        return open_session(ruth, *participants, **{**words, **changes})

    return open_as


@pytest.fixture
def strangers(client: FlaskClient, ruth: User) -> Callable[[Any], list[User | None]]:
    """All kinds of people without a seat in a session of two: no one known, a stranger, a person who
    left, one who was removed, one who waits.
    """

    def of(session: Any) -> list[User | None]:
        left, removed, waiting = a_user("left"), a_user("removed"), a_user("waiting")
        path = f"{BASE}/{session['id']}"
        join = {"path": f"{path}/join", "json": {"waitlist": True}}
        answers = [client.post(**join, user=left), client.post(f"{path}/leave", user=left)]
        answers.append(client.post(**join, user=removed))
        answers.append(client.delete(f"{path}/participants/{removed.id}", user=ruth))
        answers += [client.post(**join, user=person) for person in (a_user("boaz"), waiting)]
        assert [answer.status_code for answer in answers] == [201, 204, 201, 204, 201, 202]
        return [None, a_user("stranger"), left, removed, waiting]

    return of


@pytest.fixture
def store() -> Iterator["redis.Redis"]:
    with redis.Redis.from_url(testing.redis_url(), decode_responses=True) as connection:
        yield connection


def text_of(client: FlaskClient, path: str, user: User | None, **options: Any) -> str:
    """The answer in lower case; twice, so that the second may come out of a cache."""
    answers = [client.get(path, user=user, **options) for _ in range(2)]
    assert answers[0].status_code == 200, (path, answers[0].json)
    assert answers[0].text == answers[1].text
    return answers[1].text.lower()


def found_by(client: FlaskClient, word: str, user: User | None, more: str = "") -> int:
    return len(client.get(f"{BASE}?q={word}{more}", user=user).json["items"])


@pytest.mark.parametrize("visibility", ["public", "unlisted"])
def test_no_answer_tells_a_stranger_what_is_hidden(
    client: FlaskClient, open_hidden: Open, strangers: Any, ruth: User, visibility: str
) -> None:
    session = open_hidden(visibility=visibility, max_participants=2)
    for person in strangers(session):
        details = text_of(client, f"{BASE}/{session['id']}?lat=31&lng=35", person)
        assert all(word.lower() in details for word in SHOWN.values())
        lists = [text_of(client, BASE + path, person) for path in LISTS]
        geojson = {"Accept": "application/geo+json"}
        lists += [text_of(client, BASE + path, person, headers=geojson) for path in LISTS[:-1]]
        is_listed = visibility == "public"
        assert {"zaftitle" in each for each in lists} == {is_listed}
        assert not [each for each in (details, *lists) if any(map(each.__contains__, HIDDEN_WORDS))]
    assert all(word in text_of(client, f"{BASE}/{session['id']}", ruth) for word in HIDDEN_WORDS)


def test_a_persons_own_lists_and_agenda_show_the_venue_as_long_as_they_are_inside(
    client: FlaskClient, open_hidden: Open
) -> None:
    boaz = a_user("boaz")
    session = open_hidden(boaz, visibility="private")
    period = f"from={rfc3339(now())}&to={rfc3339(now() + timedelta(days=1))}".replace("+", "%2B")
    agenda = {"path": f"/internal/agenda/{boaz.id}?{period}", "user": None, "peer": "gateway"}
    mine = {"path": f"{BASE}/mine", "user": boaz}
    assert all("zafvenue" in text_of(client, **asked) for asked in (agenda, mine))
    client.post(f"{BASE}/{session['id']}/leave", user=boaz)
    assert not any("zafvenue" in text_of(client, **asked) for asked in (agenda, mine))
    watched = f"/internal/rooms/study-session/{session['id']}"
    assert client.get(watched, user=boaz, peer="gateway").status_code == 403


@pytest.mark.parametrize("status", ["", "&status=starting-soon,live,finished,cancelled"])
def test_a_search_finds_a_stranger_nothing_by_a_hidden_word(
    client: FlaskClient, open_hidden: Open, strangers: Any, ruth: User, status: str
) -> None:
    session = open_hidden(max_participants=2)
    for person in strangers(session):
        shown = [found_by(client, word, person, status) for word in SHOWN.values()]
        assert shown == [1, 1, 1]
        parts = ("zafvenue", "fven", "ZAFV", "zafmeeting", "meet.example")
        assert not any(found_by(client, word, person, status) for word in parts)
    assert found_by(client, "zafvenue", ruth, status) == 1
    assert found_by(client, "zafmeeting", ruth, status) == 0


def test_a_participant_finds_a_session_by_its_hidden_venue(
    client: FlaskClient, open_hidden: Open
) -> None:
    boaz = a_user("boaz")
    session = open_hidden(boaz)
    assert found_by(client, "zafvenue", boaz) == 1
    client.post(f"{BASE}/{session['id']}/leave", user=boaz)
    assert found_by(client, "zafvenue", boaz) == 0


@pytest.mark.parametrize("word", ["qx", "%3F%21", "7"])
def test_short_words_and_punctuation_find_no_more(
    client: FlaskClient, open_hidden: Open, ruth: User, word: str
) -> None:
    open_hidden(venue_name="Qx ?! 7")
    assert [found_by(client, word, person) for person in (None, a_user(), ruth)] == [0, 0, 1]


def test_an_exact_location_is_shown_and_found_by_its_venue(
    client: FlaskClient, open_hidden: Open
) -> None:
    open_hidden(location_visibility="exact")
    assert "zafvenue" in text_of(client, BASE, None)
    assert found_by(client, "zafvenue", None) == 1


def test_a_location_that_becomes_approximate_hides_its_venue_immediately(
    client: FlaskClient, open_hidden: Open, ruth: User
) -> None:
    session = open_hidden(location_visibility="exact")
    assert "zafvenue" in text_of(client, BASE, None)
    hidden = {"location_visibility": "approximate"}
    path, version = f"{BASE}/{session['id']}", {"If-Match": '"1"'}
    assert client.patch(path, json=hidden, headers=version, user=ruth).status_code == 200
    assert "zafvenue" not in text_of(client, BASE, None)
    assert found_by(client, "zafvenue", None) == 0


def test_the_cached_list_holds_no_hidden_venue_and_one_of_before_is_not_shown(
    client: FlaskClient, open_hidden: Open, store: "redis.Redis"
) -> None:
    open_hidden()
    assert client.get(BASE).json["items"][0]["venue_name"] is None
    kept = str(store.get("active_sessions"))
    assert "zaftitle" in kept.lower()
    assert "zafvenue" not in kept.lower()
    # What a process of the version before has kept is read for as long as five minutes.
    store.set("active_sessions", kept.replace('"venue_name": null', '"venue_name": "Zafvenue"'))
    assert "Zafvenue" in str(store.get("active_sessions"))
    assert client.get(BASE).json["items"][0]["venue_name"] is None


def test_each_list_column_with_text_is_known_to_these_tests() -> None:
    texts = {"title", "subject", "venue_name"}
    choices = {"session_type", "status", "mode", "visibility", "location_visibility"}
    columns = StudySession.__table__.columns
    named = {name for name in LIST_COLUMNS if columns[name].type.python_type is str}
    assert named == texts | choices
