"""What the organisation room sends over the wire."""

from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

RegionLevel = Literal["city", "county", "town", "village"]


class RegionChoice(BaseModel):
    """A place that a citizen can choose; the city itself stands for “I cannot say” 说不清 (model §4)."""

    model_config = ConfigDict(frozen=True)

    code: str
    name: str
    level: RegionLevel
    parent: str | None


class StationChoice(BaseModel):
    """A seat at which a clerk can sign in (standard §四.1–3)."""

    model_config = ConfigDict(frozen=True)

    id: UUID
    number: str
    site_name: str
    organisation_name: str
