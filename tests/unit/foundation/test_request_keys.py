"""What a request key is bound to: login, method, path and body."""

from collections.abc import Mapping
from uuid import UUID, uuid4

import pytest
from fastapi import Request
from pydantic import BaseModel

from cloudwindow.foundation.authentication import ANONYMOUS, Actor, csrf_fits, csrf_token
from cloudwindow.foundation.errors import Problem
from cloudwindow.foundation.http import RequestKey, _request_key, once_key

KEY = str(uuid4())


async def key_of(
    body: bytes = b"{}", path: str = "/api/tickets", method: str = "POST", headers: Mapping[str, str] | None = None
) -> RequestKey:
    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": body, "more_body": False}

    given = {"idempotency-key": KEY} if headers is None else headers
    raw = [(name.encode(), value.encode()) for name, value in given.items()]
    scope = {"type": "http", "method": method, "path": path, "headers": raw, "query_string": b"", "server": ("x", 80)}
    return await _request_key(Request(scope, receive))


async def test_the_same_request_has_the_same_digest() -> None:
    first, again = await key_of(), await key_of()
    assert first == again == RequestKey(UUID(KEY), first.digest)
    assert len(first.digest) == 32


async def test_any_other_request_has_another() -> None:
    digests = [
        (await key_of()).digest,
        (await key_of(b"{ }")).digest,
        (await key_of(path="/api/tickets/1/leave")).digest,
        (await key_of(method="PUT")).digest,
        (await key_of(b"")).digest,
    ]
    assert len(set(digests)) == len(digests)


@pytest.mark.parametrize("headers", [{}, {"idempotency-key": "7"}, {"idempotency-key": ""}, {"idempotency-key": "ü"}])
async def test_a_request_without_a_key_is_refused(headers: dict[str, str]) -> None:
    with pytest.raises(Problem) as caught:
        await key_of(headers=headers)
    assert caught.value.code == "idempotency_key_missing"


async def test_a_key_belongs_to_a_login() -> None:
    login = uuid4()
    key = once_key(Actor("account", uuid4(), login), await key_of(), BaseModel)
    assert (key.login_id, key.key) == (login, UUID(KEY))
    with pytest.raises(Problem):
        once_key(ANONYMOUS, await key_of(), BaseModel)


def test_a_csrf_token_fits_its_own_login_only() -> None:
    assert csrf_fits("one", csrf_token("one"))
    for header in (None, "", csrf_token("two"), csrf_token("one")[:-1], "é", "ÿ" * 43):
        assert not csrf_fits("one", header)
