"""What is asked and told about links and documents that a clerk pushes."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import StringConstraints

from cloudwindow.calls.schemas import SentFile
from cloudwindow.people import Asked, Wire

PushedKind = Literal["guide", "entry", "link", "document"]
"""The guide of an item on our own pages, where it is filed online, an address that the clerk typed, a document."""

Title = Annotated[str, StringConstraints(strip_whitespace=True, max_length=100)]


class LinkAsked(Asked):
    """Push a link. `guide` and `entry` are of the matter `matter_id`; `link` has its own `url` and `title`."""

    kind: Literal["guide", "entry", "link"]
    matter_id: UUID | None = None
    url: Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000)] | None = None
    title: Title | None = None


class PushedMark(Wire):
    """Something was pushed, or opened, under this id."""

    id: UUID


class PushedView(Wire):
    """Something that the clerk pushed, as both sides read it.

    `url` is the address of a link, of our own pages without a host; `host` is the outside one's. `title` is the item's
    name or what the clerk typed. `pages` are the files with the pictures of a document's pages, for the stage.
    """

    id: UUID
    kind: PushedKind
    at: datetime
    opened_at: datetime | None
    host: str | None
    url: str | None
    title: str | None
    file: SentFile | None
    pages: list[UUID]
