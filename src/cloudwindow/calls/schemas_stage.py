"""What is asked and told about the stage of a call. Places are ten-thousandths of the picture, from its upper left."""

from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field, model_validator

from cloudwindow.calls.schemas import Seq, StageKind
from cloudwindow.people import Asked, Wire

PLACES_AT_MOST = 400
"""Numbers of one stroke, two for each place: what a hand draws in a few seconds, thinned out by the page."""

SPAN = 4
"""Numbers of a stroke that is given by two corners."""

Place = Annotated[int, Field(ge=0, le=10_000)]


class StageRequest(Asked):
    """Put on the stage what one participant sends under a name."""

    kind: StageKind
    participant_id: UUID


class ViewRequest(Asked):
    """Turn the picture, in degrees clockwise, and enlarge it, in percent, around a place."""

    no: Seq
    turn: Literal[0, 90, 180, 270]
    zoom: Annotated[int, Field(ge=100, le=800)]
    x: Place
    y: Place


class Stroke(Asked):
    """One stroke of the clerk, named by the page that drew it. Arrows and boxes are given by two corners."""

    no: Seq
    id: UUID
    tool: Literal["pen", "highlighter", "arrow", "box"]
    colour: Literal["red", "yellow", "blue"]
    places: Annotated[list[Place], Field(min_length=SPAN, max_length=PLACES_AT_MOST)]

    @model_validator(mode="after")
    def _pairs(self) -> Self:
        """Raise `ValueError` for half a place, and for corners that are not two."""
        spans = self.tool in {"arrow", "box"}
        if len(self.places) % 2 or (spans and len(self.places) != SPAN):
            message = "places are pairs; an arrow or a box has two"
            raise ValueError(message)
        return self


class StrokeEvent(Wire):
    """Something that happened to the drawing: a stroke, one taken back, or all wiped."""

    seq: int
    kind: Literal["stroke", "stroke_undone", "strokes_cleared"]
    stroke: Stroke | None
    undone: UUID | None


class StrokeList(Wire):
    """What happened to the drawing on stage `no`, in order."""

    no: int
    events: list[StrokeEvent]
