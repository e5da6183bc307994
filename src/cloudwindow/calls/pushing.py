"""Pushing 推送: in a live call the clerk gives the citizen a link; what was given stays with the session.

Addresses and titles are in no event and no answer that is kept: pages learn that there is something new, and fetch it.
"""

import hashlib
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import func, insert, select, update

from cloudwindow.calls import parameters as limits
from cloudwindow.calls import problems as _problems  # noqa: F401  registers the codes raised here
from cloudwindow.calls.addresses import is_listed, read_address
from cloudwindow.calls.calling import lock_call, own_place
from cloudwindow.calls.evidence import note
from cloudwindow.calls.matter_views import matters_of_session
from cloudwindow.calls.models import Session
from cloudwindow.calls.models_pushed import Pushed
from cloudwindow.calls.schemas_pushed import LinkAsked, PushedMark
from cloudwindow.calls.sessions import announce_call
from cloudwindow.catalogue import Resolved, frozen
from cloudwindow.foundation import parameters
from cloudwindow.foundation.actions import Tx, action
from cloudwindow.foundation.errors import Problem
from cloudwindow.foundation.ids import new_id

PUSHED_AT_MOST = 50
"""Of one session; whoever is given more finds none of it again."""


class _Link(NamedTuple):
    """What is to be opened; `host` is that of an address outside."""

    url: str
    host: str | None
    title: str | None


@action("push.link")
async def push_link(tx: Tx, call_id: UUID, asked: LinkAsked) -> PushedMark:
    """Push a link to the citizen.

    Raises `no_such_address`, `link_malformed`, `link_not_listed`, `too_much_pushed`, `not_allowed`, `call_over`.
    """
    row = await lock_to_push(tx, call_id)
    pushed_id, link = new_id(), await _read(tx, row, asked)
    url = tx.keys.encrypt("pushed", "url", pushed_id, link.url)
    title = tx.keys.encrypt("pushed", "title", pushed_id, link.title) if link.title else None
    what = {"cipher_sha256": hashlib.sha256(url).digest()}
    seq = await note(tx, row.id, "push_link", pushed=pushed_id, link=asked.kind, host=link.host, **what)
    await add(tx, row, pushed_id, kind=asked.kind, host=link.host, url_cipher=url, title_cipher=title, changed=seq)
    await announce_call(tx, row, call_id)
    return PushedMark(id=pushed_id)


async def lock_to_push(tx: Tx, call_id: UUID) -> Session:
    """Lock the session into which the clerk of a live call pushes. Raises `not_allowed`, `too_much_pushed`."""
    place = await own_place(tx, call_id)
    if place.side != "clerk":
        raise Problem("not_allowed")
    _, row = await lock_call(tx, call_id)
    # scope: of the session that was locked
    count = await tx.session.scalar(select(func.count()).where(Pushed.session_id == row.id))
    if (count or 0) >= PUSHED_AT_MOST:
        raise Problem("too_much_pushed", limit=PUSHED_AT_MOST)
    return row


async def add(tx: Tx, row: Session, pushed_id: UUID, **values: Any) -> None:
    """Write what is pushed into a locked session."""
    await tx.session.execute(  # scope: into the session of the call in which the actor found its place
        insert(Pushed).values(id=pushed_id, session_id=row.id, at=tx.now, **values)
    )
    tx.audit("pushed", pushed_id, session=row.id, kind=values["kind"], host=values.get("host"))


async def _read(tx: Tx, row: Session, asked: LinkAsked) -> _Link:
    if asked.kind == "link":
        if asked.url is None or asked.matter_id is not None:
            raise Problem("link_malformed")
        host, url = read_address(asked.url)
        hosts = await parameters.get(tx.session, limits.LINK_HOSTS)
        if not is_listed(host, hosts) and not is_listed(host, await _named(tx, row)):
            raise Problem("link_not_listed", host=host)
        return _Link(url, host, asked.title or None)
    there = await _matters(tx, row)
    found = there.get(asked.matter_id) if asked.matter_id else None
    if found is None or asked.url is not None or asked.title is not None:
        raise Problem("no_such_address")
    title = found.item.task_name
    if asked.kind == "guide":
        region = found.implementation.region_code
        return _Link(f"/items/{found.item.key}?r={region}", None, title)
    entry = _entry(found)
    if entry is None:
        raise Problem("no_such_address")
    host, url = entry
    return _Link(url, host, title)


async def _matters(tx: Tx, row: Session) -> dict[UUID, Resolved]:
    there = await matters_of_session(tx.session, row.id)
    return {one.id: (await frozen(tx.session, one.version_id))[0] for one in there}


async def _named(tx: Tx, row: Session) -> list[str]:
    """The hosts that the session's own items name as their online entries; what the office published may be opened."""
    entries = [_entry(found) for found in (await _matters(tx, row)).values()]
    return [entry[0] for entry in entries if entry]


def _entry(found: Resolved) -> tuple[str, str] | None:
    """Host and address where an item is filed online; None where none is known, or the one published cannot be read."""
    try:
        return read_address(found.version.content.get("online_handle_url") or "")
    except Problem:
        return None


@action("push.open")
async def open_pushed(tx: Tx, call_id: UUID, pushed_id: UUID) -> PushedMark:
    """Say that the citizen opened what was pushed; saying it again changes nothing.

    Raises `not_found`, `not_allowed`, `call_over`.
    """
    place = await own_place(tx, call_id)
    if place.side != "applicant":
        raise Problem("not_allowed")
    _, row = await lock_call(tx, call_id)
    # scope: of the session of the call in which the actor found its place
    pushed = await tx.session.scalar(select(Pushed).where(Pushed.id == pushed_id, Pushed.session_id == row.id))
    if pushed is None:
        raise Problem("not_found")
    if pushed.opened_at is None:
        seq = await note(tx, row.id, "push_opened", pushed=pushed_id)
        await tx.session.execute(
            update(Pushed)
            .where(Pushed.id == pushed_id)  # scope: it was found above
            .values(opened_at=tx.now, changed=seq)
            .execution_options(synchronize_session=False)
        )
        tx.audit("pushed", pushed_id, opened=True)
        await announce_call(tx, row, call_id)
    return PushedMark(id=pushed_id)
