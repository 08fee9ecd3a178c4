"""One OpenAPI document out of several."""

from typing import Any

import pytest
from openapi_spec_validator import validate

from chassis.web.openapi_examples import BOAZ
from gateway.merging import Collision, Document, merge, operations, references
from gateway.openapi import as_seen_outside, publish
from gateway.refusals import refusals_of

PAGE = {"type": "object", "properties": {"next": {"type": "string"}}}


def ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def document(
    path: str, schemas: dict[str, Any], answered: str = "Page", **operation: Any
) -> dict[str, Any]:
    """A service's document with one operation."""
    content = {"application/json": {"schema": ref(answered)}}
    get = {
        "responses": {"200": {"description": "OK", "content": content}},
        "tags": ["things"],
        **operation,
    }
    return {
        "openapi": "3.1.0",
        "info": {"title": "x", "version": "1.0"},
        "paths": {path: {"get": get}},
        "tags": [{"name": "things"}],
        "components": {
            "schemas": schemas,
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
        },
    }


def dangling(merged: dict[str, Any]) -> set[tuple[str, str]]:
    components = merged["components"]
    return {
        (section, name)
        for section, name in references(merged)
        if name not in components.get(section, {})
    }


def test_equal_components_appear_once() -> None:
    merged = merge(
        {
            "user-service": document("/a", {"Page": PAGE}),
            "havruta-service": document("/b", {"Page": PAGE}),
        }
    )
    assert list(merged["components"]["schemas"]) == ["Page"]
    assert list(merged["components"]["securitySchemes"]) == ["bearer"]
    assert list(merged["paths"]) == ["/a", "/b"]
    assert merged["tags"] == [{"name": "things"}]


def test_different_components_get_the_names_of_their_services() -> None:
    merged = merge(
        {
            "study-session-service": document("/a", {"Page": PAGE}),
            "tutoring-service": document("/b", {"Page": {**PAGE, "title": "Another"}}),
        }
    )
    assert list(merged["components"]["schemas"]) == ["StudySessionPage", "TutoringPage"]
    assert list(references(merged["paths"]["/b"])) == [("schemas", "TutoringPage")]
    assert not dangling(merged)


def test_a_new_name_may_not_collide_within_its_own_service() -> None:
    own = {"Page": PAGE, "StudySessionPage": {**PAGE, "title": "Its own"}}
    other = {"Page": {**PAGE, "title": "Another"}}
    with pytest.raises(Collision):
        merge(
            {
                "study-session-service": document("/a", own),
                "tutoring-service": document("/b", other),
            }
        )


def test_schemas_that_refer_to_different_schemas_are_different() -> None:
    lists = {
        "Page": {"type": "array", "items": ref("Item")},
        "Outer": {"properties": {"page": ref("Page")}},
    }
    merged = merge(
        {
            "user-service": document("/a", {**lists, "Item": {"type": "string"}}),
            "havruta-service": document("/b", {**lists, "Item": {"type": "integer"}}),
        }
    )
    names = {
        f"{service}{name}" for service in ("User", "Havruta") for name in ("Page", "Outer", "Item")
    }
    assert set(merged["components"]["schemas"]) == names
    assert merged["components"]["schemas"]["UserOuter"] == {"properties": {"page": ref("UserPage")}}
    assert not dangling(merged)


def test_equal_schemas_that_refer_to_themselves_appear_once() -> None:
    tree = {"Page": {"properties": {"children": {"type": "array", "items": ref("Page")}}}}
    merged = merge({"user-service": document("/a", tree), "havruta-service": document("/b", tree)})
    assert list(merged["components"]["schemas"]) == ["Page"]


def test_a_name_that_only_one_service_uses_stays_as_it_is() -> None:
    merged = merge(
        {
            "user-service": document("/a", {"Page": PAGE, "Only": ref("Page")}),
            "havruta-service": document("/b", {"Page": {"type": "string"}}),
        }
    )
    assert merged["components"]["schemas"]["Only"] == ref("UserPage")


def test_operations_and_tags_of_the_same_name_get_distinct_names() -> None:
    described = document("/b", {"Page": PAGE}, operationId="list")
    described["tags"] = [{"name": "things", "description": "Others."}]
    merged = merge(
        {
            "user-service": document("/a", {"Page": PAGE}, operationId="list"),
            "havruta-service": described,
        }
    )
    found = [(operation["operationId"], operation["tags"]) for operation in operations(merged)]
    assert found == [("user_list", ["user things"]), ("havruta_list", ["havruta things"])]
    assert [tag["name"] for tag in merged["tags"]] == ["user things", "havruta things"]


def test_two_services_at_one_address_are_a_collision() -> None:
    with pytest.raises(Collision, match="/a"):
        merge(
            {
                "user-service": document("/a", {"Page": PAGE}),
                "havruta-service": document("/a", {"Page": PAGE}),
            }
        )


def test_different_security_schemes_of_one_name_are_a_collision() -> None:
    other = document("/b", {"Page": PAGE})
    other["components"]["securitySchemes"]["bearer"]["bearerFormat"] = "opaque"
    with pytest.raises(Collision, match="bearer"):
        merge({"user-service": document("/a", {"Page": PAGE}), "havruta-service": other})


def test_a_new_name_may_not_collide_with_another_services_name() -> None:
    first = document("/a", {"Page": PAGE, "HavrutaPage": {"type": "integer"}})
    with pytest.raises(Collision, match="HavrutaPage"):
        merge(
            {"user-service": first, "havruta-service": document("/b", {"Page": {"type": "string"}})}
        )


def test_publishing_leaves_the_services_documents_unchanged() -> None:
    first, second = (
        document("/api/users", {"Page": PAGE}),
        document("/api/texts", {"Page": {"type": "string"}}),
    )
    publish({"user-service": first, "havruta-service": second})
    assert first == document("/api/users", {"Page": PAGE})


def test_only_reachable_operations_are_published() -> None:
    for path in ("/internal/status", "/api/courses", "/api/unknown"):
        assert as_seen_outside("user-service", document(path, {"Page": PAGE}))["paths"] == {}
    assert list(
        as_seen_outside("user-service", document("/api/users/{id}", {"Page": PAGE}))["paths"]
    )


def codes(published: Document, path: str, status: int) -> list[str]:
    """The codes of the problems that a GET of the path may be answered with under this status."""
    refusals = refusals_of(published, published["paths"][path]["get"])
    return [named["code"] for found, named in refusals if found == status]


def test_the_gateways_own_refusals_are_published() -> None:
    body = {"requestBody": {"content": {"application/json": {"schema": ref("Page")}}}}
    published = publish({"user-service": document("/api/users", {"Page": PAGE}, **body)})
    responses = published["paths"]["/api/users"]["get"]["responses"]
    assert list(responses) == [
        "200",
        "400",
        "401",
        "408",
        "413",
        "414",
        "429",
        "431",
        "502",
        "503",
        "504",
    ]
    assert codes(published, "/api/users", 504) == ["gateway_timeout"]
    login = publish({"user-service": document("/api/auth/login", {"Page": PAGE})})
    assert "401" not in login["paths"]["/api/auth/login"]["get"]["responses"]


def test_a_refusal_of_several_operations_is_published_once() -> None:
    services = {
        "user-service": document("/api/users", {"Page": PAGE}),
        "havruta-service": document("/api/texts", {"Page": PAGE}),
    }
    published = publish(services)
    reads = [published["paths"][path]["get"] for path in ("/api/users", "/api/texts")]
    first, second = (read["responses"]["504"] for read in reads)
    assert first == second == {"$ref": "#/components/responses/504_gateway_timeout"}
    shared = published["components"]["responses"]["504_gateway_timeout"]
    assert [named["code"] for named in shared["x-problems"]] == ["gateway_timeout"]
    assert (504, shared["x-problems"][0]) in refusals_of(published, reads[0])


def test_a_discriminator_follows_the_names_of_its_schemas() -> None:
    choice = {
        "oneOf": [ref("Page")],
        "discriminator": {"mapping": {"a": "#/components/schemas/Page"}},
    }
    merged = merge(
        {
            "user-service": document("/api/users", {"Page": PAGE, "Choice": choice}),
            "havruta-service": document("/api/texts", {"Page": {"type": "string"}}),
        }
    )
    renamed = merged["components"]["schemas"]["Choice"]
    assert renamed["oneOf"] == [ref("UserPage")]
    assert renamed["discriminator"]["mapping"] == {"a": "#/components/schemas/UserPage"}


def test_the_gateways_problems_join_those_of_the_service() -> None:
    malformed = {"code": "malformed", "title": "The request cannot be read"}
    own = {"200": {"description": "OK"}, "400": {"description": "", "x-problems": [malformed]}}
    published = publish({"user-service": document("/api/users", {"Page": PAGE}, responses=own)})
    assert codes(published, "/api/users", 400) == ["ambiguous_address", "malformed"]


def test_live_events_have_the_schemas_of_their_resources() -> None:
    schemas = {
        "Page": PAGE,
        "Message": {"type": "object", "properties": {"user_id": {"type": "string"}}},
    }
    service = document("/api/study-sessions", schemas)
    service["x-live-events"] = {
        "study-session": {"message": {"schema": ref("Message"), "example": {"user_id": BOAZ}}}
    }
    published = publish({"study-session-service": service})
    stream = published["paths"]["/api/study-sessions/{room_id}/events"]["get"]
    content = stream["responses"]["200"]["content"]["text/event-stream"]
    assert content["schema"]["oneOf"] == [ref("StudySessionMessageEvent")]
    assert (content["example"]["type"], content["example"]["data"]["display_name"]) == (
        "message",
        "Boaz Levi",
    )
    found = published["components"]["schemas"]
    event = found["StudySessionMessageEvent"]["properties"]
    assert (event["type"]["const"], event["data"]) == ("message", ref("Message"))
    assert {"username", "display_name", "avatar_url"} <= found["Message"]["properties"].keys()
    assert "degraded" not in found["StudySessionMessageEvent"]["properties"]
    assert published["paths"]["/api/events"]["get"]["responses"]["200"]


def test_events_of_two_rooms_whose_names_read_alike_have_a_schema_each() -> None:
    service = document("/api/texts", {"Page": PAGE})
    told = {"schema": ref("Page"), "example": {"next": "x"}}
    service["x-live-events"] = {
        "havruta": {"session_ended": told},
        "havruta-session": {"ended": told},
    }
    published = publish({"havruta-service": service})
    found = published["components"]["schemas"]
    for path, type_, name in (
        ("/api/havrutas/{room_id}/events", "session_ended", "HavrutaSessionEndedEvent"),
        ("/api/havruta-sessions/{room_id}/events", "ended", "HavrutaSessionRoomEndedEvent"),
    ):
        stream = published["paths"][path]["get"]
        content = stream["responses"]["200"]["content"]["text/event-stream"]
        assert content["schema"]["oneOf"] == [ref(name)]
        assert found[name]["properties"]["type"]["const"] == type_


def test_a_services_own_description_of_an_error_is_kept() -> None:
    own = {"200": {"description": "OK"}, "503": {"description": "Busy."}}
    published = publish({"user-service": document("/api/users", {"Page": PAGE}, responses=own)})
    assert published["paths"]["/api/users"]["get"]["responses"]["503"] == {"description": "Busy."}


def test_the_names_of_people_are_published_in_answers_only() -> None:
    schemas = {
        "Page": {
            "type": "object",
            "properties": {"items": {"type": "array", "items": ref("Session")}},
        },
        "Session": {
            "type": "object",
            "properties": {"host_id": {"type": "string"}},
            "additionalProperties": False,
        },
        "NewHost": {"type": "object", "properties": {"user_id": {"type": "string"}}},
    }
    body = {"requestBody": {"content": {"application/json": {"schema": ref("NewHost")}}}}
    published = publish({"study-session-service": document("/api/study-sessions", schemas, **body)})
    found = {
        name: set(schema["properties"])
        for name, schema in published["components"]["schemas"].items()
    }
    assert found["Session"] == {"host_id", "host_username", "host_display_name", "host_avatar_url"}
    assert found["Page"] == {"items", "degraded"}
    assert found["NewHost"] == {"user_id"}


def test_the_published_document_is_valid() -> None:
    services = {
        "user-service": document("/api/users", {"Page": PAGE}, operationId="list"),
        "tutoring-service": document(
            "/api/courses", {"Page": {"type": "string"}}, operationId="list"
        ),
        "havruta-service": document("/api/texts", {"Page": PAGE}, operationId="texts"),
    }
    published = publish(services)
    validate(published)
    assert not dangling(published)
