"""Names of places, and what is near a point."""

import hashlib
import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from study_session_service import places
from study_session_service.geometry import Point


def found(client: FlaskClient, query: str) -> list[Any]:
    answer = client.get(f"/api/places?{query}")
    assert answer.status_code == 200, answer.json
    return list(answer.json["items"])


def names(client: FlaskClient, query: str) -> list[str]:
    return [each["name"] for each in found(client, query)]


def test_a_place_is_told_with_its_hebrew_name(client: FlaskClient) -> None:
    answer = client.get("/api/places?q=jerusalem&limit=1")
    assert answer.json["items"] == [
        {
            "name": "Jerusalem",
            "hebrew_name": "ירושלים",
            "country": "IL",
            "latitude": 31.769,
            "longitude": 35.2163,
            "population": 971800,
        }
    ]
    assert answer.json["attribution"].startswith("GeoNames")
    assert answer.headers["Cache-Control"] == "public, max-age=86400"


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("JERUS", "Jerusalem"),
        ("ירוש", "Jerusalem"),
        ("יְרוּשָׁלַיִם", "Jerusalem"),
        ("ירושלם", "Jerusalem"),
        ("תל-אביב", "Tel Aviv"),
        ("תל־אביב", "Tel Aviv"),
        ("Tel-Aviv Yafo", "Tel Aviv"),
        ("yafo tel", "Tel Aviv"),
        ("beer sheva", "Beersheba"),
        ("Be\u2019er Sheva", "Beersheba"),
        ("Tsfat", "Safed"),
        ("zurich", "Zürich"),
        ("ZÜRI", "Zürich"),
        ("sao paulo", "São Paulo"),
        ("new  york", "New York City"),
        ("york city", "New York City"),
    ],
)
def test_a_place_is_found_as_people_write_it(client: FlaskClient, words: str, name: str) -> None:
    assert names(client, f"q={words}")[0] == name


def test_what_begins_so_comes_before_later_words_and_the_larger_first(client: FlaskClient) -> None:
    items = found(client, "q=york&limit=20")
    later = [each["name"] for each in items].index("New York City")
    assert later > 1
    assert all(each["name"].startswith("York") for each in items[:later])
    people = [each["population"] for each in items[:later]]
    assert people == sorted(people, reverse=True)


def test_the_nearer_of_two_with_one_name_comes_first(client: FlaskClient) -> None:
    ontario = "lat=43.0&lng=-81.0"
    assert [each["country"] for each in found(client, "q=london&limit=1")] == ["GB"]
    assert [each["country"] for each in found(client, f"q=london&limit=1&{ontario}")] == ["CA"]


@pytest.mark.parametrize(
    ("point", "name"),
    [
        ("lat=31.769&lng=35.216", "Jerusalem"),
        ("lat=-16.4&lng=-179.9", "Labasa"),
        ("lat=90&lng=0", "Longyearbyen"),
        ("lat=0&lng=-140", "Papeete"),
    ],
)
def test_the_nearest_places_are_found_everywhere(
    client: FlaskClient, point: str, name: str
) -> None:
    near = names(client, point)
    assert (near[0], len(near)) == (name, 5)


def test_without_words_and_a_point_the_largest_are_found(client: FlaskClient) -> None:
    people = [each["population"] for each in found(client, "limit=3")]
    assert people == sorted(people, reverse=True)
    assert people[-1] > 15_000_000


def test_the_nearest_are_those_of_all() -> None:
    every = [node.place for node in nodes(places.gazetteer().tree)]
    for point in (Point(51.5, 0), Point(-33.9, 151.2), Point(-80, 179), Point(10, -30)):
        here = places._vector(point.latitude, point.longitude)
        ways = sorted(places._apart(here, place.vector) for place in every)[:5]
        assert [places._apart(here, each.vector) for each in places.nearest(point, 5)] == ways


def nodes(node: Any) -> list[Any]:
    return [node, *nodes(node.before), *nodes(node.after)] if node else []


@pytest.mark.parametrize(
    "query",
    [
        "q=",
        "q=j",
        "q=%27%22",
        f"q={'a' * 101}",
        "lat=1",
        "lng=1",
        "q=haifa&lat=1",
        "lat=91&lng=0",
        "lat=nan&lng=0",
        "q=haifa&limit=0",
        "q=haifa&limit=21",
        "q=haifa&near=1",
        "q=haifa&q=safed",
    ],
)
def test_what_says_no_place_is_refused(client: FlaskClient, query: str) -> None:
    refused = client.get(f"/api/places?{query}")
    assert refused.status_code in {400, 422}
    assert refused.content_type == "application/problem+json"


@pytest.mark.parametrize(
    "words", ["zzzzzz", "%25%25", "\\\\", "'; --x", "\U0010ffff\U0010ffff", "a" * 100, "s a " * 25]
)
def test_words_of_no_place_find_none(client: FlaskClient, words: str) -> None:
    assert client.get("/api/places", query_string={"q": words}).json.get("items", []) == []


def test_the_file_is_the_one_that_its_readme_names() -> None:
    readme = (places.FILE.parent / "README.md").read_text()
    sha256 = hashlib.sha256(places.FILE.read_bytes()).hexdigest()
    assert re.search(r"\| sha256 \| `(\w+)` \|", readme)[1] == sha256
