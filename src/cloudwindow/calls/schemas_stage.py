"""What is asked and told about the stage of a call. Places are ten-thousandths of the picture, from its upper left."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from cloudwindow.calls.schemas import AskedSeq, StageKind
from cloudwindow.people import NOT_GUESSED, Asked, Wire

PLACES_AT_MOST = 400
"""Numbers of one stroke, two for each place: what a hand draws in a few seconds, thinned out by the page."""

SPAN = 4
"""Numbers of a stroke that is given by two corners."""

Place = Annotated[int, Field(ge=0, le=10_000), NOT_GUESSED]


class StageRequest(Asked):
    """Put on the stage what one participant sends under a name, or a `picture`, which is a file that it puts there."""

    kind: StageKind
    participant_id: UUID
    file_id: UUID | None = None


class ViewRequest(Asked):
    """Turn the picture, in degrees clockwise, and enlarge it, in percent, around a place."""

    no: AskedSeq
    turn: Annotated[Literal[0, 90, 180, 270], NOT_GUESSED]
    zoom: Annotated[int, Field(ge=100, le=800), NOT_GUESSED]
    x: Place
    y: Place


class CoverRequest(Asked):
    """Cover the screen that one shares, or show it again."""

    no: AskedSeq
    covered: bool


class Stroke(Asked):
    """One stroke of the clerk, named by the page that drew it. Arrows and boxes are given by two corners."""

    no: AskedSeq
    id: UUID
    tool: Literal["pen", "highlighter", "arrow", "box"]
    colour: Literal["red", "yellow", "blue"]
    places: Annotated[list[Place], Field(min_length=SPAN, max_length=PLACES_AT_MOST)]

    def is_drawable(self) -> bool:
        """Say whether places are pairs, and two where two corners are meant."""
        return len(self.places) == SPAN or (len(self.places) % 2 == 0 and self.tool in {"pen", "highlighter"})


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
