"""Idempotency keys: a client that lost the answer may send the request again and gets the answer of the first time."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cloudwindow.foundation.errors import Problem
from cloudwindow.foundation.models import Idempotency


class AlreadyAnswered(Exception):  # noqa: N818  a fact, not a fault
    """Another request with this key committed first."""


@dataclass(frozen=True)
class Key:
    """A request's key, unique within a login; `request_digest` is the SHA-256 of method, path and body."""

    login_id: UUID
    key: UUID
    request_digest: bytes
    model: type[BaseModel]


async def find(session: AsyncSession, key: Key) -> Any | None:
    """Return the stored answer as its model. Raises `idempotency_key_reused` when the request was another one."""
    row = await session.scalar(  # scope: found by the actor's own login
        select(Idempotency).where(Idempotency.login_id == key.login_id, Idempotency.key == key.key)
    )
    if row is None:
        return None
    if row.request_digest != key.request_digest:
        raise Problem("idempotency_key_reused")
    return key.model.model_validate(row.response)
