"""Addresses of databases, as PostgreSQL writes them."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from psycopg.conninfo import conninfo_to_dict
from sqlalchemy import create_engine, make_url

from chassis import testing
from chassis.data.connections import address

from .support import notes

ONE = "postgresql://notes_service:a%2Cb%40c@db:5432/notes?passfile=/secrets/pgpass"
SEVERAL = "postgresql://notes_service:a%2Cb%40c@db-a:5432,db-b:5433/notes"


def test_an_address_of_one_host_stays_as_it_is() -> None:
    assert address(ONE) == ONE


@pytest.mark.parametrize(
    "query", ["", "?target_session_attrs=read-write&passfile=/secrets/my%20pass"]
)
def test_an_address_of_several_hosts_means_what_it_means_to_postgresql(query: str) -> None:
    engine = create_engine(address(SEVERAL + query))
    _, connecting = engine.dialect.create_connect_args(engine.url)
    expected = conninfo_to_dict(SEVERAL + query)
    expected["user"], expected["dbname"] = "notes_service", "notes"
    assert {name: value for name, value in connecting.items() if name != "context"} == expected


def test_a_service_goes_to_the_host_that_answers() -> None:
    with testing.empty_database("notes") as url:
        parts = make_url(url)
        hosts = f"127.0.0.1:1,{parts.host}:{parts.port}"
        several = f"postgresql://{parts.username}@{hosts}/{parts.database}"
        app = notes.application(f"{several}?target_session_attrs=read-write")
        assert readiness(app) == "failed"  # its tables are missing, which the database says
        testing.close(app)


def readiness(app: Flask) -> str:
    client: FlaskClient = app.test_client()
    return str(client.get("/readyz").json["checks"]["database"])
