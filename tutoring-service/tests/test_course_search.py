"""Finding courses by what they are about."""

from typing import Any

import pytest


@pytest.mark.parametrize(
    ("words", "titles"),
    [
        ("berakh", ["Berakhot in depth"]),
        ("TALMUD", ["Eruvin", "Berakhot in depth"]),
        ("in depth", ["Berakhot in depth"]),
        ("%25", ["100% Rashi"]),
        ("_", []),
        ("100%25", ["100% Rashi"]),
        ("grammar", []),
        ("de\u0301butant", ["Niveau débutant"]),
        ("DEBUTANT", ["Niveau débutant"]),
        ("רשי", ["פירוש רש״\u05d9"]),
        ('פֵּרוּש רש"\u05d9', []),
        ('פֵּירוּשׁ רש"\u05d9', ["פירוש רש״\u05d9"]),
        ("in", ["Berakhot in depth"]),
        ("un", []),
    ],
)
def test_courses_are_found_by_part_of_their_title_or_subject(
    school: Any, words: str, titles: list[str]
) -> None:
    for title, subject in [
        ("Berakhot in depth", "Talmud"),
        ("Eruvin", "Talmud"),
        ("100% Rashi", None),
        ("Niveau débutant", "Hebrew"),
        ("פירוש רש״\u05d9", None),
    ]:
        school.post("/api/courses", school.tutor, {"title": title, "subject": subject})
    found = school.client.get(f"/api/courses?q={words}", user=school.student).json["items"]
    assert [course["title"] for course in found] == titles


@pytest.mark.parametrize("words", ["", "%20", "a" * 101, "%27", "״", "\u05b0"])
def test_an_empty_or_overlong_query_is_refused(school: Any, words: str) -> None:
    assert school.client.get(f"/api/courses?q={words}", user=school.student).status_code == 422
