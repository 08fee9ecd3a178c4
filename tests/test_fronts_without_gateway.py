"""nginx and Caddy when a gateway ends, breaks or is not there."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from dev.ports import free_port

from .support.certificates import Certificate
from .support.fronts import JSON, Front, Reply, running
from .support.gateway_doubles import Double
from .support.people import eventually


@pytest.fixture
def doubles(request: pytest.FixtureRequest) -> Iterator[list[Double]]:
    """Two programs in place of gateways; the parameter says whether they break."""
    made = [Double(breaks=request.param) for _ in range(2)]
    yield made
    for double in made:
        double.close()


@pytest.fixture
def front(
    program: str, certificate: Certificate, tmp_path: Path, doubles: list[Double]
) -> Iterator[Front]:
    ports = [double.port for double in doubles]
    with running(program, tmp_path, certificate, ports) as front:
        yield front


@pytest.mark.parametrize("doubles", [False], indirect=True)
def test_requests_go_on_when_a_gateway_ends(
    program: str, front: Front, doubles: list[Double]
) -> None:
    doubles[0].close()
    assert [front.get("/").status for _ in range(6)] == [204] * 6
    if program == "caddy":  # it cannot send a body again before it knows
        eventually(lambda: [sent(front, "POST").status for _ in range(6)] == [204] * 6)
    assert [sent(front, "POST").status for _ in range(6)] == [204] * 6


@pytest.mark.parametrize("doubles", [True], indirect=True)
@pytest.mark.parametrize("method", ["POST", "PATCH"])
def test_a_change_that_was_sent_is_not_sent_again(
    front: Front, doubles: list[Double], method: str
) -> None:
    assert sent(front, method).problem == (502, "bad_gateway")
    assert sum(double.asked[method] for double in doubles) == 1


def sent(front: Front, method: str) -> Reply:
    """The answer to a request with a body."""
    return front.call(method, "/api/courses", body=b"{}", headers=JSON)


def test_the_front_says_so_if_no_gateway_answers(
    program: str, certificate: Certificate, tmp_path: Path
) -> None:
    ports = [free_port(), free_port()]
    with running(program, tmp_path, certificate, ports) as front:
        answer = front.call("POST", "/api/auth/login", body=b"{}", headers=JSON)
    assert answer.problem == (502, "bad_gateway")
    assert answer.headers["Retry-After"] == "5"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers.get_all("Strict-Transport-Security") == ["max-age=31536000"]
