"""Files by their address."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Request
from fastapi.responses import Response

from cloudwindow.foundation.http import Acting, LinkedActor, house
from cloudwindow.foundation.storage.folder import Store
from cloudwindow.foundation.storage.serving import answer, answer_small

router = APIRouter(prefix="/api", tags=["files"])

_SMALL = {"description": "The picture, 320 pixels at most.", "content": {"image/jpeg": {}}}
_BINARY = {"description": "The file, or the part that was asked for.", "content": {"*/*": {}}}


@router.get("/files/{file_id}", response_class=Response, responses={200: _BINARY, 206: _BINARY})
async def show_file(
    file_id: UUID,
    request: Request,
    acting: Acting,
    actor: LinkedActor,
    range_: Annotated[str | None, Header(alias="range")] = None,
    if_range: Annotated[str | None, Header()] = None,
) -> Response:
    """A file that was sent; `?face=staff` for the workbench, since a picture on a page can send no header."""
    return await answer(acting, house(request).wiring.port(Store), actor, file_id, range_, if_range)


@router.get("/files/{file_id}/small", response_class=Response, responses={200: _SMALL})
async def show_small(file_id: UUID, request: Request, acting: Acting, actor: LinkedActor) -> Response:
    """A picture that was sent, made small for a list of them; `?face=staff` as above."""
    return await answer_small(acting, house(request).wiring.port(Store), actor, file_id)
