"""The API reference that the gateway serves."""

import re

import pytest
from openapi_spec_validator import validate

from chassis import testing
from gateway.gateway_openapi import gateway_document
from gateway.openapi import FRESH, STALE, Documents, publish
from gateway.routes import SERVICES

from .support.event_loop import Loop
from .support.gateway_process import Doubles, Gateway, running, settings
from .support.upstream_doubles import answer, as_json

PATHS = dict(
    zip(
        SERVICES,
        ["/api/users", "/api/study-sessions", "/api/courses", "/api/texts", "/api/v2"],
        strict=True,
    )
)


def documented(path: str) -> bytes:
    get = {"responses": {"200": {"description": "OK"}}}
    info = {"title": "x", "version": "1.0"}
    return as_json({"openapi": "3.1.0", "info": info, "paths": {path: {"get": get}}})


def test_the_services_documents_are_merged_into_one(services: Doubles, internal: Doubles) -> None:
    for name, double in services.items():
        double.reply = lambda _, __, path=PATHS[name]: documented(path)
    with running(settings(services, internal)) as gateway:
        document = gateway.get("/openapi.json").json
        assert gateway.get("/openapi.json").json == document
    validate(document)
    assert set(document["paths"]) == {*PATHS.values(), *gateway_document()["paths"]}
    assert "x-degraded" not in document
    assert [len(double.asked) for double in services.values()] == [1] * 5


def test_the_document_names_a_service_that_is_down_at_the_start(
    services: Doubles, internal: Doubles
) -> None:
    for name, double in services.items():
        double.reply = lambda _, __, path=PATHS[name]: documented(path)
    with running(
        {**settings(services, internal), "HAVRUTA_SERVICE_URL": "http://127.0.0.1:1"}
    ) as gateway:
        document = gateway.get("/openapi.json").json
    assert document["x-degraded"] == ["havruta-service"]
    assert "/api/texts" not in document["paths"]
    assert "/api/courses" in document["paths"]


def test_a_service_that_goes_down_keeps_its_last_document(services: Doubles, loop: Loop) -> None:
    double, now = services["havruta-service"], [0.0]
    documents = Documents(
        {"havruta-service": loop.upstream("havruta-service", double.url)}, lambda: now[0]
    )
    double.reply = lambda *_: documented("/api/texts")
    assert "x-degraded" not in documents.published()
    double.reply = lambda *_: answer(500)
    now[0] += FRESH
    degraded = documents.published()
    assert "/api/texts" in degraded["paths"]
    assert degraded["x-degraded"] == ["havruta-service"]
    double.reply = lambda *_: documented("/api/havrutas")
    now[0] += STALE
    assert "/api/havrutas" in documents.published()["paths"]


def test_a_collision_of_two_services_leaves_the_document_unchanged(
    services: Doubles, loop: Loop
) -> None:
    def clashing(url: str) -> bytes:
        scheme = {"bearer": {"type": "http", "scheme": url}}
        paths = {
            f"/api/{'texts' if url == 'a' else 'courses'}": {
                "get": {"responses": {"200": {"description": "OK"}}}
            }
        }
        info = {"title": "x", "version": "1"}
        return as_json(
            {
                "openapi": "3.1.0",
                "info": info,
                "paths": paths,
                "components": {"securitySchemes": scheme},
            }
        )

    first, second, now = services["havruta-service"], services["tutoring-service"], [0.0]
    names = {"havruta-service": first.url, "tutoring-service": second.url}
    documents = Documents(
        {name: loop.upstream(name, url) for name, url in names.items()}, lambda: now[0]
    )
    first.reply, second.reply = (lambda *_: clashing("a")), (lambda *_: documented("/api/courses"))
    before = documents.published()
    assert {"/api/texts", "/api/courses"} <= before["paths"].keys()
    second.reply = lambda *_: clashing("b")
    now[0] += FRESH
    assert documents.published() == {
        **before,
        "x-degraded": ["havruta-service", "tutoring-service"],
    }
    asked = len(first.asked)
    assert documents.problem_types()
    assert len(first.asked) == asked


def test_problem_types_are_explained(services: Doubles, internal: Doubles) -> None:
    named = [
        {"code": "title_taken", "title": "The title is taken"},
        {"code": "too_early", "title": "Not now"},
    ]
    refused = {"409": {"description": "Refused.", "x-problems": named}}
    find = {"operationId": "list_texts", "responses": {"200": {"description": "OK"}, **refused}}
    document = {
        "openapi": "3.1.0",
        "info": {"title": "x", "version": "1"},
        "paths": {"/api/texts": {"get": find}},
    }
    for name, double in services.items():
        double.reply = lambda _, __, name=name: (
            as_json(document) if name == "havruta-service" else documented("/api/x")
        )
    with running(settings(services, internal)) as gateway:
        assert gateway.get("/problems/too-early").json == {
            "type": "/problems/too-early",
            "code": "too_early",
            "status": 409,
            "title": "Not now",
            "operations": ["list_texts"],
        }
        assert gateway.get("/problems/title-taken").json["title"] == "The title is taken"
        assert gateway.get("/problems/internal-error").json["status"] == 500
        unknown = gateway.get("/problems/never-heard-of")
        assert (unknown.status, unknown.json["code"]) == (404, "not_found")
        explained = gateway.get(unknown.json["type"]).json
        assert (explained["code"], explained["status"]) == ("not_found", 404)
        assert "get_calendar" in gateway.get("/problems/token-revoked").json["operations"]


def test_the_answers_of_a_view_are_documented() -> None:
    document = gateway_document()
    answers = document["paths"]["/api/dashboard"]["get"]["responses"]
    known = ["200", "400", "401", "403", "404", "408", "414", "422", "429", "431", "503"]
    assert list(answers) == known
    codes = [named["code"] for named in answers["401"]["x-problems"]]
    assert codes == ["invalid_token", "token_outdated", "token_revoked", "unauthorized"]
    assert "401" not in document["paths"]["/api/calendar/{token}.ics"]["get"]["responses"]


def test_the_gateways_own_answers_have_examples() -> None:
    testing.check_examples(publish({}))


def test_examples_name_people_as_answers_do() -> None:
    content = publish({})["paths"]["/api/search"]["get"]["responses"]["200"]["content"][
        "application/json"
    ]
    found = content["example"]["courses"]["items"][0]
    assert (found["tutor_username"], found["tutor_display_name"]) == ("ruth", "Ruth Adler")


def test_exported_data_has_no_names_next_to_ids() -> None:
    published = publish({})
    content = published["paths"]["/api/me/export"]["get"]["responses"]["200"]["content"][
        "application/json"
    ]
    assert "username" not in content["example"]
    assert "username" not in published["components"]["schemas"]["PersonalDataExport"]["properties"]


def test_the_page_loads_assets_from_the_gateway_only(gateway: Gateway) -> None:
    page = gateway.get("/docs")
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assets = re.findall(r'(?:src|href)="([^"]*)"', page.body.decode())
    assert len(assets) == 5
    for asset in assets:
        assert asset.startswith("/docs/")
        assert gateway.get(asset).status == 200


def test_the_page_allows_only_its_own_scripts(gateway: Gateway) -> None:
    page = gateway.get("/docs")
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert not re.search(rb"<script>|<style|\son\w+=|style=", page.body)


@pytest.mark.parametrize(
    "path", ["/docs/", "/docs/index.html", "/docs/oauth2-redirect.html", "/docs/docs.html"]
)
def test_no_other_file_of_swagger_ui_is_served(gateway: Gateway, path: str) -> None:
    assert gateway.get(path).status == 404
