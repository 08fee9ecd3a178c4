"""Which address is served, with which methods."""

import pytest

from chassis.app import Application


@pytest.fixture
def bakery() -> Application:
    app = Application("bakery", __name__, "INFO")
    app.add_url_rule("/loaves/<int:loaf_id>", "read", lambda loaf_id: "", methods=["GET"])
    app.add_url_rule("/loaves/<int(max=9):loaf_id>", "eat", lambda loaf_id: "", methods=["DELETE"])
    return app


@pytest.mark.parametrize(
    ("method", "path", "status"), [("DELETE", "/loaves/9", 200), ("POST", "/loaves/9", 405)]
)
def test_a_path_is_served_with_its_methods_only(
    bakery: Application, method: str, path: str, status: int
) -> None:
    assert bakery.test_client().open(path, method=method).status_code == status


def test_an_id_out_of_range_is_not_found_whatever_else_is_served_there(bakery: Application) -> None:
    assert bakery.test_client().delete("/loaves/10").status_code == 404
    assert bakery.test_client().get("/loaves/10").status_code == 200
