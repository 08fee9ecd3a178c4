"""RULES: which places have a name, and which are near a point. Read from a file, once for each process."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from heapq import nsmallest
from math import cos, radians, sin
from operator import itemgetter
from pathlib import Path
from threading import Lock

from chassis.normalization import search_key
from study_session_service.geometry import Point

FILE = Path(__file__).parent / "data" / "places.tsv"
ATTRIBUTION = "GeoNames (https://www.geonames.org), CC BY 4.0"
# After each key that begins so.
END = "\U0010ffff"

OTHERWISE = 2
# Words that so many names have say nothing, if they are not the beginning of a name.
VAGUE = 2000
READING = Lock()
Vector = tuple[float, float, float]


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """A city, where it is, and the names that it is found by."""

    name: str
    country: str
    latitude: float
    longitude: float
    population: int
    hebrew_names: tuple[str, ...]
    keys: tuple[str, ...]
    vector: Vector

    @property
    def hebrew_name(self) -> str | None:
        """The name of today; None if none is known."""
        return self.hebrew_names[0] if self.hebrew_names else None

    def has_word(self, beginning: str) -> bool:
        """Whether a word of one of its names begins so."""
        return any(key.startswith(beginning) or f" {beginning}" in key for key in self.keys)


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """A place, and those on either side of it along one axis."""

    place: Place
    axis: int
    before: "Node | None"
    after: "Node | None"


class Gazetteer:
    """All places: by the words of their names, and by where they are."""

    def __init__(self, places: Sequence[Place]) -> None:
        self.tree = _tree(list(places), 0)
        self.largest = sorted(places, key=lambda place: -place.population)
        entries = sorted(_entries(places), key=itemgetter(0))
        self._keys = [key for key, _, _ in entries]
        self._found = [(tier, place) for _, tier, place in entries]

    def named(self, words: str) -> dict[Place, int]:
        """The places whose name begins with the words, with 0; of which a later word does, with 1; of
        which another name does, with 2. If there are none, those that have each word somewhere.
        """
        found = self._beginning(words)
        if found or " " not in words:
            return found
        each = set(words.split(" "))
        rarest = min((self._range(word) for word in each), key=len)
        if len(rarest) > VAGUE:
            return {}
        places = {self._found[number][1] for number in rarest}
        return {place: OTHERWISE for place in places if all(map(place.has_word, each))}

    def _range(self, key: str) -> range:
        return range(bisect_left(self._keys, key), bisect_left(self._keys, key + END))

    def _beginning(self, key: str) -> dict[Place, int]:
        found: dict[Place, int] = {}
        for number in self._range(key):
            tier, place = self._found[number]
            found[place] = min(tier, found.get(place, tier))
        return found


def find(words: str | None, near: Point | None, most: int) -> list[Place]:
    """The places that the words mean best: those whose name begins so come first, of these the nearest, or
    without a point the largest. Without words, the nearest or largest of all.
    """
    if words:
        return _named(words, near, most)
    return nearest(near, most) if near else gazetteer().largest[:most]


def _named(words: str, near: Point | None, most: int) -> list[Place]:
    named = gazetteer().named(search_key(words).strip())
    if near is None:
        return nsmallest(most, named, key=lambda place: (named[place], -place.population))
    here = _vector(near.latitude, near.longitude)
    return nsmallest(most, named, key=lambda place: (named[place], _apart(here, place.vector)))


def nearest(point: Point, most: int) -> list[Place]:
    """The places nearest to the point, wherever on the Earth it is."""
    here = _vector(point.latitude, point.longitude)
    found: list[tuple[float, Place]] = []
    _look(gazetteer().tree, here, most, found)
    return [place for _, place in found]


def gazetteer() -> Gazetteer:
    """The places of the file; of several threads that need them first, one reads it."""
    with READING:
        return _gazetteer()


@cache
def _gazetteer() -> Gazetteer:
    return Gazetteer([_read(line) for line in FILE.read_text().splitlines()])


def _read(line: str) -> Place:
    name, country, latitude, longitude, population, hebrew, others = line.split("\t")
    hebrew_names = tuple(filter(None, hebrew.split("|")))
    all_names = [name, *hebrew_names, *filter(None, others.split("|"))]
    at = float(latitude), float(longitude)
    keys = tuple(search_key(each) for each in all_names)
    return Place(name, country, *at, int(population), hebrew_names, keys, _vector(*at))


def _entries(places: Iterable[Place]) -> Iterator[tuple[str, int, Place]]:
    for place in places:
        for number, key in enumerate(place.keys):
            is_other = number > len(place.hebrew_names)
            yield key, OTHERWISE if is_other else 0, place
            for word in _from_each_word(key):
                yield word, OTHERWISE if is_other else 1, place


def _from_each_word(key: str) -> Iterator[str]:
    blank = key.find(" ")
    while blank >= 0:
        yield key[blank + 1 :]
        blank = key.find(" ", blank + 1)


def _vector(latitude: float, longitude: float) -> Vector:
    """The point on a sphere with the radius 1: no pole and no date line stands between neighbours."""
    north, east = radians(latitude), radians(longitude)
    return cos(north) * cos(east), cos(north) * sin(east), sin(north)


def _apart(one: Vector, other: Vector) -> float:
    """The square of the way through the Earth, which grows with that over it."""
    (x, y, z), (u, v, w) = one, other
    return (x - u) ** 2 + (y - v) ** 2 + (z - w) ** 2


def _tree(places: list[Place], axis: int) -> Node | None:
    """A k-d tree of the places."""
    if not places:
        return None
    places.sort(key=lambda place: place.vector[axis])
    middle, following = len(places) // 2, (axis + 1) % 3
    before = _tree(places[:middle], following)
    return Node(places[middle], axis, before, _tree(places[middle + 1 :], following))


def _look(node: Node | None, here: Vector, most: int, found: list[tuple[float, Place]]) -> None:
    """Put the nearest of the tree among those that were found."""
    if node is None:
        return
    beyond = here[node.axis] - node.place.vector[node.axis]
    near, far = (node.before, node.after) if beyond < 0 else (node.after, node.before)
    _look(near, here, most, found)
    found.append((_apart(here, node.place.vector), node.place))
    found.sort(key=itemgetter(0))
    del found[most:]
    if len(found) < most or beyond**2 < found[-1][0]:
        _look(far, here, most, found)
