"""Reads of items and their guides. The catalogue is public: no scope narrows it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, bindparam, case, func, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from cloudwindow.catalogue import problems as _problems  # noqa: F401  registers the codes raised here
from cloudwindow.catalogue.models import Implementation, Item, Version
from cloudwindow.catalogue.schemas import Availability, Flow, Guide, ItemSummary
from cloudwindow.foundation.errors import Problem
from cloudwindow.organisation import Ladder, Organisation, find_place, is_on, ladder_of, nearness

WORDS_LIMIT = 8  # more words than anybody searches for; each costs one scan of the texts
APPLICANT_FLOWS: tuple[Flow, ...] = ("coach",)
"""Flows that an applicant can start today; remote acceptance joins them with its room."""


@dataclass(frozen=True)
class Resolved:
    """An item as it is done at one place: the implementation that counts there and its published version."""

    item: Item
    implementation: Implementation
    version: Version


def resolving(item_key: ColumnElement[str], ladder: Ladder) -> Select[Item, Implementation, Version]:
    """Select what counts for an item at the region of a ladder; see `resolve`."""
    return (
        select(Item, Implementation, Version)
        .join(Implementation, Implementation.item_id == Item.id)
        .join(Version, Version.implementation_id == Implementation.id)
        .where(Item.key == item_key, is_on(ladder, Implementation.region_code), Version.published_at <= func.app_now())
        .order_by(*_best_first(ladder))
        .limit(1)
    )


def _best_first(ladder: Ladder) -> tuple[Any, ...]:
    return nearness(ladder, Implementation.region_code).desc(), Implementation.kind, Version.number.desc()


# Built once: making the statement anew takes longer than running it.
_RESOLVE = resolving(bindparam("item"), ladder_of(bindparam("region")))


async def resolve(session: AsyncSession, item_key: str, region_code: str) -> Resolved | None:
    """Find the implementation nearest upward of a region with its latest published version.

    A county, or a place within one, leads to the county's own; the city, for an item that the counties
    implement, to the city's guide (model §4; docs/decisions/). None when item or region do not exist.
    """
    if "\x00" in item_key or "\x00" in region_code:
        return None  # PostgreSQL's text has no such character, so nothing is called that
    row = (await session.execute(_RESOLVE, {"item": item_key, "region": region_code})).one_or_none()
    return Resolved(*row) if row else None


async def frozen(session: AsyncSession, version_id: UUID) -> tuple[Resolved, Organisation]:
    """Return a version with all it belongs to: what a ticket was taken under, whatever was published since.

    Raises:
        Problem: `item_unknown` when there is no such version.
    """
    row = (
        await session.execute(
            select(Item, Implementation, Version, Organisation)
            .join(Implementation, Implementation.item_id == Item.id)
            .join(Version, Version.implementation_id == Implementation.id)
            .join(Organisation, Organisation.id == Implementation.organisation_id)
            .where(Version.id == version_id)
        )
    ).one_or_none()
    if row is None:
        raise Problem("item_unknown", version=str(version_id))
    return Resolved(row.Item, row.Implementation, row.Version), row.Organisation


async def list_items(session: AsyncSession, region_code: str, q: str = "") -> list[ItemSummary]:
    """List the items offered at a region; with `q`, those that hold each of its words, the best first.

    Raises:
        Problem: `region_unknown`.
    """
    await find_place(session, region_code)
    words = search_words(q)
    rows = await session.execute(_offered(region_code, words))
    return [_summary(row) for row in rows]


async def show_guide(session: AsyncSession, item_key: str, region_code: str) -> tuple[Resolved, Organisation]:
    """Return what the guide of an item at a region is made of; `guide` puts it together.

    Raises:
        Problem: `region_unknown`, or `item_unknown` when it is not offered there.
    """
    await find_place(session, region_code)
    resolved = await resolve(session, item_key, region_code)
    if resolved is None:
        raise Problem("item_unknown", item=item_key, region=region_code)
    organisation = await session.get_one(Organisation, resolved.implementation.organisation_id)
    return resolved, organisation


def guide(resolved: Resolved, organisation: Organisation, coach: Availability) -> Guide:
    """Put a guide together from a frozen version and the availability of the moment."""
    content = resolved.version.content
    return Guide.model_validate(
        {field: content.get(field) for field in _FROM_CONTENT}
        | {
            "key": resolved.item.key,
            "name": content["task_name"],
            "implementation_id": resolved.implementation.id,
            "version_id": resolved.version.id,
            "version_no": resolved.version.number,
            "organisation": {"name": organisation.name, "phone": organisation.phone},
            "task_code": resolved.implementation.task_code,
            "facts": {**dict.fromkeys(_EXPLAINED), **content, "fees": content.get("fees") or []},
            "materials": [{**dict.fromkeys(_OPTIONAL), **material} for material in content["materials"]],
            "consult_phone": resolved.implementation.consult_phone,
            "complaint_phone": resolved.implementation.complaint_phone,
            "coach": coach,
        }
    )


def search_words(q: str) -> list[str]:
    """Split what was typed into at most `WORDS_LIMIT` words, without control characters, in lower case."""
    readable = "".join(letter if letter.isprintable() else " " for letter in q)
    return list(dict.fromkeys(readable.lower().split()))[:WORDS_LIMIT]


_FROM_CONTENT = (
    *("short_name", "plain", "accept_condition", "situations", "handle_flow"),
    *("result", "faq", "by_law", "script", "online_handle_url"),
)
_EXPLAINED = ("promise_explain", "anticipate_explain", "limit_scene_explain")
_OPTIONAL = ("source_explain", "shareable_by", "example_note", "form_note")


def _offered(region_code: str, words: Sequence[str]) -> Select[Any]:
    """Select the items with the version that counts at a region, ranked by how well the words fit."""
    ladder = ladder_of(literal(region_code))
    counts = (
        select(Version.content)
        .join(Implementation, Implementation.id == Version.implementation_id)
        .where(
            *(Implementation.item_id == Item.id, is_on(ladder, Implementation.region_code)),
            Version.published_at <= func.app_now(),
        )
        .order_by(*_best_first(ladder))
        .limit(1)
        .correlate(Item)
        .lateral("counts")
    )
    field = counts.c.content
    return (
        select(
            *(Item.key, Item.task_name, Item.short_name, Item.plain, Item.themes, Item.flows),
            *(field[name].label(name) for name in ("project_type", "promise_day", "is_fee")),
        )
        .join(counts, literal(True))
        .where(*(_holds(word) for word in words))
        .order_by(_rank(" ".join(words)), Item.key)
    )


def _aliases() -> ColumnElement[str]:
    return func.array_to_string(Item.aliases, "\n")


def _holds(word: str) -> ColumnElement[bool]:
    texts = func.concat_ws("\n", Item.task_name, Item.short_name, _aliases(), Item.plain)
    return func.strpos(func.lower(texts), word) > 0


def _rank(phrase: str) -> ColumnElement[int]:
    """Rank a hit: a name or alias as typed, then within a name, within an alias, else in the sentence."""
    named = func.lower(func.concat_ws("\n", "", Item.task_name, Item.short_name, _aliases(), ""))
    return case(
        (func.strpos(named, f"\n{phrase}\n") > 0, 0),
        (func.strpos(func.lower(func.concat_ws("\n", Item.task_name, Item.short_name)), phrase) > 0, 1),
        (func.strpos(func.lower(_aliases()), phrase) > 0, 2),
        else_=3,
    )


def _summary(row: Row[Any]) -> ItemSummary:
    offered = [flow for flow in APPLICANT_FLOWS if flow in row.flows]
    return ItemSummary.model_validate({**row._asdict(), "name": row.task_name, "flows": offered})
