"""Strangers with a purpose: values, bodies, addresses and headers that somebody wrote to break what reads them."""

import gzip
import json
from itertools import cycle
from typing import Any

import pytest

from tests.integration.scope.matrix import ACTORS, BODIES
from tests.integration.strangers.door import Door, allowed, real_body, stages
from tests.integration.strangers.generated import DOCUMENT, OPERATIONS

VALUES = {
    "NUL": r'"a\u0000b"',
    "half a pair": r'"\ud800"',
    "a pair the wrong way": r'"\udc00\ud800"',
    "right to left": r'"\u202e\u2066"',
    "over int64": "9223372036854775808",
    "under int64": "-9223372036854775809",
    "over a double": "1e400",
    "many digits": "9" * 4_300,
    "too many digits": "9" * 4_301,
    "not a number": "NaN",
    "infinity": "-Infinity",
    "a fraction": "0.5",
    "true": "true",
    "null": "null",
    "an empty list": "[]",
    "an object": '{"$ne": null}',
    "deep": "[" * 480 + "]" * 480,
    "deeper": "[" * 100_000 + "]" * 100_000,
    "long": '"' + "长" * 100_000 + '"',
    "empty": '""',
    "blank": r'"\u3000\t\u200b"',
    "SQL": '"\' OR 1=1; --"',
    "a path": '"../../../../etc/passwd"',
    "escapes": '"%00%0d%0a${7*7}{{7*7}}%s%n"',
    "digits of another script": '"٤١١٠٠٢٠٠٠٠٠٠"',
}
CONTENTS: dict[str, bytes] = {
    "nothing": b"",
    "half": b"{",
    "NUL": b"\0",
    "no text": b"\xff\xfe\xfa",
    "two": b"{}{}",
    "brackets": b"[" * 200_000,
    "objects": b'{"a":' * 200_000,
    "the same name twice": b'{"account":1,"account":2}',
    "with a mark": b"\xef\xbb\xbf{}",
    "UTF-16": '{"elderly":true}'.encode("utf-16"),
    "compressed": gzip.compress(b"{}"),
    "a form": b"account=a&password=b",
    "too large": b'{"x":"' + b"x" * 1_100_000 + b'"}',
}
PARTS = (
    *("%00", "%2e%2e%2fetc%2fpasswd", "%ff%fe", "%ed%a0%80", "%0d%0aset-cookie:%20a=b", "-1", "9" * 400, "x" * 9_000),
    *(
        "{}",
        "%7B00000000-0000-0000-0000-000000000000%7D",
        "00000000-0000-0000-0000-000000000000",
        "null",
        "%20",
        "*",
        ";",
    ),
)
QUERIES = ("%00", "%ff", "%ed%a0%80", "411002000000%00", "x" * 9_000, "&region=1&region=2", "%", "[]", "' OR 1=1 --")
HEADERS: dict[str, list[tuple[str, bytes]]] = {
    "no face": [("x-face", b"system")],
    "a face in bytes": [("x-face", b"\xff")],
    "two keys": [("idempotency-key", b"1"), ("idempotency-key", b"2")],
    "a key with braces": [("idempotency-key", b"{00000000-0000-0000-0000-000000000000}")],
    "a token in bytes": [("x-csrf-token", b"\xff\xfe\xfd")],
    "a cookie in bytes": [("cookie", b"cw_staff=\xff\xfe; cw_applicant=\xff")],
    "a quoted cookie": [("cookie", b'cw_staff="\\000\\012"; cw_applicant="')],
    "a long cookie": [("cookie", b"cw_staff=" + b"x" * 60_000)],
    "many cookies": [("cookie", b"; ".join(b"cw_applicant=%d" % number for number in range(3_000)))],
    "no cookie at all": [("cookie", b";=;;=x;")],
    "lists of types": [("accept", b"*/*;q=" + b"9" * 5_000), ("accept-language", b"zh-\xff")],
    "another type": [("content-type", b"application/json; charset=\xff")],
    "a type of nothing": [("content-type", b"/")],
    "a negative length": [("content-length", b"-1")],
    "a length in words": [("content-length", b"many")],
    "a superscript length": [("content-length", b"\xb2")],
    "a long length": [("content-length", b"9" * 5_000)],
    "another host": [("host", b"evil.example")],
    "no host": [("host", b"[::1")],
    "from elsewhere": [("x-forwarded-for", b"\xff, ::1%eth0, 999.1.1.1"), ("forwarded", b'for="[')],
    "a token of numbers": [("authorization", b"Bearer \xff")],
    "a range": [("range", b"bytes=-99999999999999999999"), ("if-modified-since", b"never"), ("if-range", b"\xff")],
    "in the background": [("x-background", b"1" * 1_000)],
}


def _takes_json(label: str) -> bool:
    method, path = label.split(" ")
    body = DOCUMENT["paths"][path][method.lower()].get("requestBody", {})
    return "application/json" in body.get("content", {})


BODIES_OF = sorted(label for label in OPERATIONS if label in BODIES and _takes_json(label))
"""Operations that take a body of fields."""


def _with(body: dict[str, Any], field: str, value: str) -> bytes:
    """Write a body with a value in one field that no JSON library would write."""
    mark = "\u0001here\u0001"
    return json.dumps(body | {field: mark}).replace(json.dumps(mark), value).encode()


def _fields(label: str) -> list[str]:
    """List the fields that a body may have."""
    method, path = label.split(" ")
    operation = DOCUMENT["paths"][path][method.lower()]
    name = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
    return sorted(DOCUMENT["components"]["schemas"][name]["properties"])


def _address(door: Door, label: str) -> tuple[str, str]:
    """Return the method and the address of an operation, with the ids of the one ticket."""
    method, path = label.split(" ")
    return method, path.replace("{key}", "P01").format(**door.world.ids)


@pytest.mark.parametrize("label", BODIES_OF)
async def test_no_value_in_a_field_is_too_odd(door: Door, label: str) -> None:
    """Each value in each field, sent by those who may do it and so are looked at that far."""
    stage = stages(label)[0]
    await door.world.go_to(stage)
    method, address = _address(door, label)
    actors = cycle(allowed(label, stage))
    for field in [*_fields(label), "nobody_asked_for_this"]:
        for value in VALUES.values():
            content = _with(real_body(door.world, label), field, value)
            await door.settle(label, [await door.throw(next(actors), method, address, content)])


@pytest.mark.parametrize(
    "label", ["GET /api/items", "GET /api/workbench/state", *(label for label in OPERATIONS if "GET" not in label)]
)
async def test_no_content_is_too_odd(door: Door, label: str) -> None:
    """Where a body is asked for, and where none is."""
    stage = stages(label)[0]
    await door.world.go_to(stage)
    method, address = _address(door, label)
    actors = cycle(sorted({*allowed(label, stage)[:3], "stranger", "auditor"}))
    for content in CONTENTS.values():
        await door.settle(label, [await door.throw(next(actors), method, address, content)])


@pytest.mark.parametrize("label", [label for label in OPERATIONS if "{" in label])
async def test_no_part_of_an_address_is_too_odd(door: Door, label: str) -> None:
    await door.world.go_to(stages(label)[0])
    method, path = label.split(" ")
    content = json.dumps(real_body(door.world, label)).encode()
    actors = cycle(ACTORS)
    for part in PARTS:
        address = path[: path.index("{")] + part + path[path.index("}") + 1 :]
        await door.settle(label, [await door.throw(next(actors), method, address, content)])


@pytest.mark.parametrize("label", ["GET /api/items", "GET /api/items/{key}", "GET /api/duty"])
async def test_no_query_is_too_odd(door: Door, label: str) -> None:
    await door.world.go_to("waiting")
    method, address = _address(door, label)
    for actor, value in zip(cycle(ACTORS), QUERIES, strict=False):
        for name in ("region", "q", "face", ""):
            await door.settle(label, [await door.throw(actor, method, f"{address}?{name}={value}")])


@pytest.mark.parametrize("odd", HEADERS)
async def test_no_header_is_too_odd(door: Door, odd: str) -> None:
    """For somebody who reads, somebody who changes something, and somebody who signs in."""
    for label in ("GET /api/workbench/state", "POST /api/tickets", "POST /api/staff/login", "GET /", "GET /metrics"):
        await door.world.go_to("waiting")
        method, address = _address(door, label)
        content = b"" if method == "GET" else json.dumps(real_body(door.world, label)).encode()
        for actor in ("stranger", "owner", "agent"):
            await door.settle(label, [await door.throw(actor, method, address, content, HEADERS[odd])])
