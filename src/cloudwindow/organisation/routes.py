"""Public lists of the organisation room."""

from fastapi import APIRouter

from cloudwindow.foundation.http import Reading
from cloudwindow.organisation import queries
from cloudwindow.organisation.schemas import RegionChoice, StationChoice

router = APIRouter(prefix="/api", tags=["organisation"])


@router.get("/regions")
async def list_regions(session: Reading) -> list[RegionChoice]:
    """The city and its counties; the city stands for “I cannot say” 说不清."""
    return await queries.list_regions(session)


@router.get("/stations")
async def list_stations(session: Reading) -> list[StationChoice]:
    """The seats at which a clerk can sign in."""
    return await queries.list_stations(session)
