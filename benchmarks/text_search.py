"""How long a search for words in the Tanakh takes, and what it would take without its index.

    python -m benchmarks.text_search [--words 1000] [--pairs 3] [--json results.json]

Words as they occur, so frequent ones come often, and the hundred most frequent, each asked of the service
in one thread, without a server in front. Next to it: the same words sought by a regular expression in every
passage, as without an index.

TEST_POSTGRES_URL and TEST_REDIS_URL name the servers to use; `make servers` starts some.
"""

import argparse
import json
import os
import random
import statistics
import time
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import text

from chassis import testing
from havruta_service.models import db

WORDS = text(
    "SELECT word.lexeme, cardinality(word.positions) FROM text_passages, unnest(words) AS word"
)
SCAN = text(
    "SELECT book, passage, text FROM text_passages"
    " WHERE search_key(text) ~ ('\\m' || :word || '\\M') ORDER BY book, passage LIMIT 21"
)
SCANNED = 20  # words: each takes seconds

Times = dict[str, list[float]]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--words", type=int, default=1000)
    parser.add_argument("--pairs", type=int, default=3)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    if not {"TEST_POSTGRES_URL", "TEST_REDIS_URL"} <= os.environ.keys():
        raise SystemExit("set TEST_POSTGRES_URL and TEST_REDIS_URL; `make servers` starts servers")
    with testing.database("havruta_service") as url:
        app = testing.application("havruta_service", url)
        times = measure(app, options.words, options.pairs)
        testing.close(app)
    for name, taken in times.items():
        print(f"{name:32} {described(taken)}")
    if options.json:
        options.json.write_text(json.dumps(times))


def measure(app: Any, count: int, pairs: int) -> Times:
    """Milliseconds for each search, by what was searched."""
    with app.app_context():
        db.session.execute(text("ANALYZE text_passages"))
        counted: Counter[str] = Counter()
        for word, times in db.session.execute(WORDS):
            counted[word] += times
    chance = random.Random(1)  # the same words each time
    usual = chance.choices(list(counted), list(counted.values()), k=count)
    frequent = [word for word, _ in counted.most_common(100)]
    kinds = {
        "one word": usual,
        "the most frequent words": frequent,
        "two words": [f"{one} {other}" for one, other in pairwise(usual)],
    }
    client = app.test_client()
    taken: Times = {name: [] for name in (*kinds, "one word, in every passage")}
    for _ in range(pairs):
        for name, words in kinds.items():
            taken[name] += [searched(client, word) for word in words]
        taken["one word, in every passage"] += [scanned(app, word) for word in usual[:SCANNED]]
    return taken


def searched(client: Any, words: str) -> float:
    began = time.perf_counter()
    answer = client.get(f"/api/texts/search?q={quote(words)}")
    taken = (time.perf_counter() - began) * 1000
    assert answer.status_code == 200, answer.json
    return taken


def scanned(app: Any, word: str) -> float:
    with app.app_context():
        began = time.perf_counter()
        db.session.execute(SCAN, {"word": word}).all()
        return (time.perf_counter() - began) * 1000


def described(taken: list[float]) -> str:
    percentiles = statistics.quantiles(taken, n=100)
    return f"p50 {percentiles[49]:.1f} ms, p99 {percentiles[98]:.1f} ms, max {max(taken):.1f} ms"


if __name__ == "__main__":
    main()
