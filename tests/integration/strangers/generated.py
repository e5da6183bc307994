"""Requests that nobody would write by hand: schemathesis makes them from our own OpenAPI document."""

import os
from typing import Any, TypeVar

import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from hypothesis.strategies import SearchStrategy
from schemathesis import GenerationMode
from schemathesis.core.result import Ok

from cloudwindow.app import create_app
from cloudwindow.settings import Settings

SEED = int(os.environ.get("CLOUDWINDOW_TEST_SEED") or 1)
"""What `make test` sends is the same every time; another number sends something else."""


def _pairs_as_lists(part: Any) -> Any:
    """Say a pair of two alike as a list of two, which is the same: schemathesis 4.32 trips over `prefixItems`."""
    if isinstance(part, list):
        return [_pairs_as_lists(each) for each in part]
    if not isinstance(part, dict):
        return part
    inner = {name: _pairs_as_lists(each) for name, each in part.items()}
    if "prefixItems" in inner:
        first, *others = inner.pop("prefixItems")
        assert all(other == first for other in others)
        assert inner["minItems"] == inner["maxItems"] == 1 + len(others)
        inner["items"] = first
    return inner


DOCUMENT = create_app(Settings(mode="test"), "postgresql://nobody@localhost/nothing").openapi()
SCHEMA = schemathesis.openapi.from_dict(_pairs_as_lists(DOCUMENT))
SCHEMA.config.generation.update(allow_x00=False)  # refused in any text (`people.schemas.Asked`)
OPERATIONS = {found.ok().label: found.ok() for found in SCHEMA.get_all_operations() if isinstance(found, Ok)}
"""Every operation of the document, by its label, such as `POST /api/tickets`."""

Case = schemathesis.Case[Any]
"""One request that was made up."""

T = TypeVar("T")


def drawn(strategy: SearchStrategy[T], number: int, seeded: int) -> list[T]:
    """Draw up to so many values, the same ones for the same seed; fewer where there are no more."""
    values: list[T] = []

    @seed(seeded)
    @settings(
        max_examples=number,
        phases=[Phase.generate],
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def collect(value: T) -> None:
        values.append(value)

    try:
        collect()
    except Unsatisfiable:  # an operation that takes nothing has nothing to get wrong
        return []
    return values


def fitting(label: str, number: int, seeded: int) -> list[Case]:
    """Make up requests that fit the document."""
    return drawn(OPERATIONS[label].as_strategy(generation_mode=GenerationMode.POSITIVE), number, seeded)


def unfitting(label: str, number: int, seeded: int) -> list[Case]:
    """Make up requests that do not."""
    return drawn(OPERATIONS[label].as_strategy(generation_mode=GenerationMode.NEGATIVE), number, seeded)


def covering(label: str) -> list[Case]:
    """List what covers the document: both sides of each limit of each field, missing and doubled ones, other verbs."""
    modes = [GenerationMode.POSITIVE, GenerationMode.NEGATIVE]
    how = SCHEMA.config.generation
    return list(SCHEMA.iter_coverage_cases(operation=OPERATIONS[label], generation_modes=modes, generation_config=how))
