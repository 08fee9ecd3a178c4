"""A definition with every kind of question, the last one optional, on two pages, and an answer to each."""

from typing import Any

LIKERT = {"type": "likert", "scale": {"least": 1, "most": 5}}
OPTIONS = [
    {"key": key, "text": key.upper(), "points": points}
    for key, points in (("a", 2), ("b", 1), ("c", -1))
]
VALUES: dict[str, Any] = {
    "likert": 4,
    "slider": 30,
    "single": "a",
    "multiple": ["a", "b"],
    "ordering": ["b", "c", "a"],
    "truth": True,
    "number": 7.5,
    "words": "Because.",
}
SCORED = {"scores": [{"dimension": "points"}]}
EVERYTHING: dict[str, Any] = {
    "title": "Everything",
    "dimensions": [
        {"key": "points", "title": "Points", "bands": [{"from": -100, "to": 200, "label": "fine"}]},
        {"key": "mood", "title": "Mood", "method": "mean", "bands": []},
    ],
    "pages": [
        {
            "key": "first",
            "title": "First",
            "questions": [
                {
                    "key": "likert",
                    "text": "Agree?",
                    **LIKERT,
                    "scores": [{"dimension": "mood", "reverse": True}],
                },
                {
                    "key": "slider",
                    "type": "slider",
                    "text": "How much?",
                    "scale": {"least": 0, "most": 100, "step": 10},
                },
                {
                    "key": "single",
                    "type": "single_choice",
                    "text": "Which?",
                    "options": OPTIONS,
                    **SCORED,
                },
                {
                    "key": "multiple",
                    "type": "multiple_choice",
                    "text": "Which?",
                    "options": OPTIONS,
                    **SCORED,
                },
            ],
        },
        {
            "key": "second",
            "title": "Second",
            "questions": [
                {
                    "key": "ordering",
                    "type": "ordering",
                    "text": "Sort.",
                    "options": OPTIONS,
                    "correct": ["a", "b", "c"],
                    **SCORED,
                },
                {"key": "truth", "type": "true_false", "text": "True?", "correct": False, **SCORED},
                {
                    "key": "number",
                    "type": "number",
                    "text": "How many?",
                    "least": 0,
                    "most": 10,
                    "correct": 7,
                    "tolerance": 0.5,
                    **SCORED,
                },
                {"key": "words", "type": "text", "text": "Why?", "required": False, "xp": 25},
            ],
        },
    ],
}
