"""What comes over the wire is checked in one way: bodies are `Asked`, unknown fields and U+0000 are refused."""

from collections.abc import Iterator
from typing import Any, get_args
from uuid import uuid4

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from pydantic import BaseModel, ValidationError

from cloudwindow.app import create_app
from cloudwindow.calls.schemas import Draft, MediaReport, WrapUpRequest
from cloudwindow.calls.signalling import Batch
from cloudwindow.dispatch.schemas import TakeRequest
from cloudwindow.oversight.schemas import RatingRequest
from cloudwindow.people import Asked, Wire
from cloudwindow.people.schemas import EnterRequest, LoginRequest
from cloudwindow.settings import Settings

ENTER: dict[str, Any] = {"form_of_address": "刘桂英", "phone": "19900001301"}
TAKE: dict[str, Any] = {
    "item_key": "P01",
    "region_code": "411002000000",
    "consent_version": "2026-11",
    "device": "phone",
}


def routes(application: FastAPI) -> Iterator[APIRoute]:
    document = application.openapi()  # builds what is lazy
    assert document
    todo: list[Any] = list(application.routes)
    while todo:
        route = todo.pop()
        if isinstance(route, APIRoute):
            yield route
        inner = getattr(route, "original_router", None) or getattr(route, "router", None)
        todo.extend(getattr(inner, "routes", []))


def bodies() -> set[type[BaseModel]]:
    found: set[type[BaseModel]] = set()
    for route in routes(create_app(Settings(mode="test"), "postgresql://nobody@localhost/nothing")):
        for hint in route.endpoint.__annotations__.values():
            if isinstance(hint, type) and issubclass(hint, BaseModel) and "body" in route.endpoint.__annotations__:
                found.add(route.endpoint.__annotations__["body"])
    return found


def test_every_request_body_is_asked() -> None:
    found = bodies()
    assert {EnterRequest, LoginRequest, TakeRequest, Draft, WrapUpRequest, RatingRequest} <= found
    assert all(issubclass(body, Asked) for body in found), found


@pytest.mark.parametrize(
    ("model", "body"),
    [
        (EnterRequest, ENTER | {"form_of_address": "刘\0桂英"}),
        (EnterRequest, ENTER | {"form_of_address": "\0"}),
        (LoginRequest, {"account": "a\0", "password": "b", "station_id": str(uuid4())}),
        (LoginRequest, {"account": "a", "password": "b\0", "station_id": str(uuid4())}),
        (TakeRequest, TAKE | {"item_key": "P\x0001"}),
        (TakeRequest, TAKE | {"answers": {"s1": "a\0"}}),
        (TakeRequest, TAKE | {"answers": {"s\0": "a"}}),
        (WrapUpRequest, {"outcome": "solved", "summary": "好\0了", "next_step": "none"}),
        (Draft, {"summary": "\0"}),
        (RatingRequest, {"level": 5, "text": "好\0"}),
        (RatingRequest, {"level": 5, "options": ["5\x0013"]}),
        (MediaReport, {"call": str(uuid4()), "attempt": 1, "ice": "\0", "bytes": 1}),
    ],
)
def test_a_nul_is_refused_in_any_text(model: type[Asked], body: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as caught:
        model.model_validate(body)
    assert caught.value.error_count() == 1


@pytest.mark.parametrize(
    ("model", "body"),
    [
        *((EnterRequest, ENTER | {"elderly": value}) for value in (0, 1, "no", "true", "on")),
        *((TakeRequest, TAKE | {"elderly": value}) for value in (0, 1, "no", "true", "on")),
        *((RatingRequest, {"level": value}) for value in ("5", True)),
    ],
    ids=str,
)
def test_a_value_of_another_type_is_not_guessed_at(model: type[Asked], body: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        model.model_validate(body)


def test_four_and_four_point_nought_are_one_level() -> None:
    assert RatingRequest.model_validate({"level": 4.0}).level == 4


def test_an_error_does_not_repeat_what_was_typed() -> None:
    with pytest.raises(ValidationError) as caught:
        EnterRequest.model_validate(ENTER | {"phone": "19900001301x"})
    assert "19900001301" not in str(caught.value)


@pytest.mark.parametrize(
    "phone", ["1990000130", "199000013011", "29900001301", "1９９00001301", "1٩٩00001301", "+8619900001301", ""]
)
def test_a_phone_has_eleven_plain_digits(phone: str) -> None:
    with pytest.raises(ValidationError):
        EnterRequest.model_validate(ENTER | {"phone": phone})


@pytest.mark.parametrize("name", ["", " ", "　", "刘" * 41, "刘" * 10_000])
def test_a_form_of_address_has_one_to_forty_characters(name: str) -> None:
    with pytest.raises(ValidationError):
        EnterRequest.model_validate(ENTER | {"form_of_address": name})
    assert EnterRequest.model_validate(ENTER | {"form_of_address": " 刘女士 "}).form_of_address == "刘女士"


def test_nothing_unknown_is_taken() -> None:
    with pytest.raises(ValidationError):
        EnterRequest.model_validate(ENTER | {"role": "admin"})
    assert Wire.model_config["extra"] == "forbid"


@pytest.mark.parametrize("attempt", [-1, 2**31, 10**400, "x", None, 1.5])
def test_an_attempt_is_a_small_number(attempt: object) -> None:
    with pytest.raises(ValidationError):
        MediaReport.model_validate({"call": str(uuid4()), "attempt": attempt, "ice": "connected", "bytes": 1})


def test_a_batch_is_short() -> None:
    body = {"call": str(uuid4()), "to": str(uuid4()), "from_attempt": 1, "to_attempt": 1}
    assert len(Batch.model_validate(body | {"batch": [{}] * 64}).batch) == 64
    with pytest.raises(ValidationError):
        Batch.model_validate(body | {"batch": [{}] * 65})


def test_the_kinds_of_wishes() -> None:
    assert get_args(TakeRequest.model_fields["flow"].annotation) == ("coach",)
