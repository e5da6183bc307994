"""What is asked and told about the pictures of a session, and about photos that a clerk asks for."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from cloudwindow.calls.schemas import FileView, PhotoOf, Side
from cloudwindow.people import NOT_GUESSED, Asked, Wire

PhotoWay = Literal["image_capture", "track", "camera_app", "album"]
"""How a photo was taken: at full size by the camera (MediaStream Image Capture), as a frame of the call's track at its
largest size, by the phone's own camera app, or chosen among pictures that were there."""

PhotoWarning = Literal["blurred", "glare"]
Pixels = Annotated[int, Field(ge=1, le=65_535), NOT_GUESSED]


class PhotoAsked(Asked):
    """Ask for a photo; `material` is the key of a material of the item, and given exactly for `what` = `material`."""

    what: PhotoOf
    material: Annotated[str, StringConstraints(max_length=64)] | None = None


class PhotoTaken(Asked):
    """The photo that was asked for: a file that was sent before, how it was taken, its size where the page knew it."""

    file_id: UUID
    way: PhotoWay
    width: Pixels | None
    height: Pixels | None
    warnings: Annotated[list[PhotoWarning], Field(max_length=2)]


class PhotoFacts(Wire):
    """What is known of a photo that was asked for. Pixels are as the citizen's page stated them."""

    what: PhotoOf
    label: str | None
    way: PhotoWay
    width: int | None
    height: int | None
    warnings: list[PhotoWarning]


class PictureView(FileView):
    """A picture of a session that can be put on the stage; `photo` when it was asked for."""

    at: datetime
    side: Side
    photo: PhotoFacts | None
