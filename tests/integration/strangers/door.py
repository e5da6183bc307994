"""The door at which strangers knock: sends requests as any actor, with real ids in them, and checks every answer."""

from collections import Counter
from collections.abc import Iterator, Sequence
from random import Random
from typing import Any
from uuid import uuid4

import httpx
import requests
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.core.parameters import ParameterLocation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
)

from cloudwindow.foundation.errors import MEDIA_TYPE, problem_codes
from cloudwindow.foundation.http import SECURITY_HEADERS
from tests.integration.kills.invariants import check
from tests.integration.scope.matrix import ACTORS, BODIES, FILES, LOOKS, ROWS
from tests.integration.scope.world import ORIGIN, World
from tests.integration.strangers.generated import Case
from tests.support.city import CITY, JIANAN_VILLAGE, WEIDU

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    negative_data_rejection,
]
REAL = {"region": (WEIDU, CITY, JIANAN_VILLAGE), "q": ("社保", "身份证"), "key": ("P01",)}
A_REAL_FILE = 0.7
A_REAL_PART = 0.6
OWN_POLICY = "sandbox; default-src 'none'"
"""Files that people have sent come with a policy of their own."""
COUNTED = {"wrong_password", "wrong_code"}
"""Refusals that are counted at the account."""


def real_body(world: World, label: str) -> Any:
    """Return a body that somebody would send, None where there is none."""
    return world.fill(BODIES.get(label))


def stages(label: str) -> list[str]:
    """List the moments at which somebody may do it: there the deep code runs."""
    found = [row.at for row in ROWS if row.route == label and {200, 201} & set(row.expect.values())]
    return list(dict.fromkeys(found)) or ["waiting"]


def allowed(label: str, stage: str) -> list[str]:
    """List who may do it at a moment; everybody where nobody may."""
    rows = [row for row in ROWS if row.route == label and row.at == stage]
    return [actor for row in rows for actor in ACTORS if row.expect[actor] in {200, 201}] or list(ACTORS)


class Door:
    """Sends, checks, and remembers which statuses each operation answered."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.answers: Counter[tuple[str, int]] = Counter()

    # What is sent.

    def mix(self, case: Case, label: str, chance: Random) -> Case:
        """Put real ids and values into the parts of a request that are meant to fit; at times an id of another kind."""
        meant = case.meta.components if case.meta else {}

        def fits(part: ParameterLocation) -> bool:
            return part not in meant or meant[part].mode is GenerationMode.POSITIVE

        if fits(ParameterLocation.PATH):
            for name in case.path_parameters:
                values = REAL.get(name) or (
                    [self.world.ids[name]] * 2 * len(self.world.ids) + list(self.world.ids.values())
                )
                case.path_parameters[name] = chance.choice([*values, case.path_parameters[name]])
        if fits(ParameterLocation.QUERY):
            for name in sorted(set(case.query) & set(REAL)):
                case.query[name] = chance.choice([*REAL[name], case.query[name]])
        if label in FILES and fits(ParameterLocation.BODY) and chance.random() < A_REAL_FILE:
            case.body, query = FILES[label]
            case.query |= query
        if fits(ParameterLocation.BODY) and isinstance(case.body, dict):
            drawn = case.body
            kept = chance.sample(sorted(drawn), min(len(drawn), chance.choice([0, 0, 1, 1, 2, 9])))
            if len(drawn) == 1 and chance.random() < A_REAL_PART:
                kept = []  # what is the whole body is seldom right by chance
            case.body = (real_body(self.world, label) or {}) | {name: drawn[name] for name in kept}
        return case

    def real(self, case: Case, label: str) -> Case:
        """Put real ids and values into every part: a request that somebody would send."""
        for name in case.path_parameters:
            case.path_parameters[name] = REAL[name][0] if name in REAL else self.world.ids[name]
        for name in set(case.query) & set(REAL):
            case.query[name] = REAL[name][0]
        if label in FILES:
            case.body, query = FILES[label]
            case.query |= query
        elif isinstance(case.body, dict):
            case.body = real_body(self.world, label) or {}
        return case

    def headers(self, actor: str) -> dict[str, str]:
        """What the page of an actor sends with every request."""
        person = self.world.people.get(actor)
        return {"origin": ORIGIN, "idempotency-key": str(uuid4())} | (person.headers() if person else {})

    async def send(self, case: Case, actor: str) -> httpx.Response:
        """Send a request that was made up, as an actor, and check the answer also against the document."""
        how = case.as_transport_kwargs(ORIGIN, self.headers(actor))
        how.pop("timeout", None)
        made = requests.Request(**how).prepare()
        headers = [(_bytes(name), _bytes(value)) for name, value in made.headers.items()]
        assert isinstance(made.body, str | bytes | None)
        request = httpx.Request(str(made.method), str(made.url), headers=headers, content=_bytes(made.body or b""))
        response = await self._ask(request)
        self.answers[f"{case.method} {case.operation.path}", response.status_code] += 1
        if case.method != case.operation.method.upper():
            wrong = [] if response.status_code == 404 else ["another method is not found"]
        else:
            wrong = _unlike_the_document(case, response)
            if _fits(case) and _code(response) == "invalid_input":
                wrong.append("it fits the document, and is refused as wrong input")
        self._report(request, actor, response, [*wrong_in(response), *wrong])
        return response

    async def throw(
        self, actor: str, method: str, address: str, content: bytes = b"", headers: Sequence[tuple[str, bytes]] = ()
    ) -> httpx.Response:
        """Send a request that was written by hand, as an actor; `headers` take the place of those that a page sends."""
        own = {name: value.encode() for name, value in self.headers(actor).items()}
        own |= {"content-type": b"application/json", "content-length": str(len(content)).encode()}
        sent = [(name, value) for name, value in own.items() if name not in dict(headers)]
        everything = [(name.encode(), value) for name, value in [*sent, *headers]]
        url = httpx.URL(ORIGIN).copy_with(raw_path=address.encode())
        request = httpx.Request(method, url, headers=everything, stream=httpx.ByteStream(content))
        response = await self._ask(request)
        self._report(request, actor, response, list(wrong_in(response)))
        return response

    async def _ask(self, request: httpx.Request) -> httpx.Response:
        self.world.http.cookies.clear()
        response = await self.world.http.send(request)
        self.world.http.cookies.clear()
        return response

    def _report(self, request: httpx.Request, actor: str, response: httpx.Response, wrong: list[str]) -> None:
        assert not wrong, (
            f"{'; '.join(wrong)}\n{actor} while {self.world.stage}: {request.method} {str(request.url)[:500]}\n"
            f"{request.headers.raw}\n{request.read()[:2000]!r}\nanswered {response.status_code} {response.text[:500]}"
        )

    # What must hold afterwards.

    async def settle(self, label: str, responses: list[httpx.Response]) -> None:
        """Refusals changed nothing, successes left rows that hold together; then everything is put back."""
        done = [response for response in responses if response.is_success]
        may_change = not label.startswith("GET") or label in LOOKS
        counted = any(_code(response) in COUNTED for response in responses)
        if done and may_change:
            await check(self.world.city)
        changed = await self.world.changed()
        assert not changed or (done and may_change) or counted, f"{label} changed {changed}"


def _fits(case: Case) -> bool:
    return case.meta is not None and case.meta.generation.mode is GenerationMode.POSITIVE


def _bytes(text: str | bytes) -> bytes:
    return text if isinstance(text, bytes) else text.encode("utf-8", errors="surrogatepass")


def _code(response: httpx.Response) -> str | None:
    if response.headers.get("content-type") != MEDIA_TYPE:
        return None
    code: str = response.json()["code"]
    return code


def wrong_in(response: httpx.Response) -> Iterator[str]:
    """Say what is wrong with an answer whatever was asked: faults, refusals that are none of ours, headers."""
    if response.status_code >= 500:
        yield "a fault"
    for name, value in SECURITY_HEADERS.items():
        if response.headers.get_list(name) not in ([value], [OWN_POLICY]):
            yield f"{name} is {response.headers.get_list(name)}"
    if response.is_success:
        return
    code = _code(response)
    if code is None or code not in {entry.code for entry in problem_codes.all()}:
        yield "no problem document with a known code"
    elif problem_codes[code].status != response.status_code or response.json()["status"] != response.status_code:
        yield f"{code} is not {response.status_code}"


def _unlike_the_document(case: Case, response: httpx.Response) -> list[str]:
    try:
        case.validate_response(response, checks=CHECKS)
    except FailureGroup as group:
        return [str(each) for each in group.exceptions]
    return []
