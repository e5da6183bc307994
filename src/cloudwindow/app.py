"""The composition root: builds one process and wires later rooms into the interfaces of earlier ones."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.openapi.utils import get_openapi
from fastapi.responses import FileResponse, Response
from sqlalchemy import text

from cloudwindow import calls, dispatch, faces, instruments, monitoring, oversight, people
from cloudwindow.calls.routes import router as calls_router
from cloudwindow.catalogue import CoachAvailability
from cloudwindow.catalogue.routes import router as catalogue_router
from cloudwindow.dispatch.routes import router as dispatch_router
from cloudwindow.foundation import housekeeping, logs
from cloudwindow.foundation.actions import Actions
from cloudwindow.foundation.authentication import Authenticator
from cloudwindow.foundation.ceiling import Ceiling
from cloudwindow.foundation.crypto import Keys
from cloudwindow.foundation.database import Database
from cloudwindow.foundation.door import Door
from cloudwindow.foundation.errors import Problem, problem_codes
from cloudwindow.foundation.faults import DATABASE_FAULTS
from cloudwindow.foundation.http import Guard, House, Reading, install_problem_handlers
from cloudwindow.foundation.live import Live
from cloudwindow.foundation.metering import Meter
from cloudwindow.foundation.notices import Notifier
from cloudwindow.foundation.seal import Sealer
from cloudwindow.foundation.sweeper import Sweeper
from cloudwindow.foundation.wiring import Wiring
from cloudwindow.live_rooms import Rooms
from cloudwindow.organisation.queries import OPEN_ALL_HOURS
from cloudwindow.organisation.routes import router as organisation_router
from cloudwindow.oversight.routes import router as oversight_router
from cloudwindow.people import CookieAuthenticator, Wire, WorkStates
from cloudwindow.people.routes import router as people_router
from cloudwindow.settings import Settings

SWEEPS = [*housekeeping.SWEEPS, *people.SWEEPS, *dispatch.SWEEPS, *calls.SWEEPS, *oversight.SWEEPS]

DEADLINES = [dispatch.put_off_tickets, calls.put_off_calls, dispatch.put_off_engagements, people.put_off_logins]
"""What a downtime puts off, in the order of locks."""

common = APIRouter(prefix="/api", tags=["common"])


class Footer(Wire):
    """What stands at the foot of every page; empty ones are left out."""

    icp: str
    police: str
    site_code: str
    correction_url: str
    privacy_url: str
    accessibility_url: str


class DeploymentView(Wire):
    """What a page must know before anything else."""

    mode: str
    name: str
    organiser: str
    open_all_hours: bool
    server_time: datetime
    time_zone: str
    footer: Footer


class Health(Wire):
    """The process answers."""

    status: str


class SettingsIce:
    """Implements `calls.ports.IceServers` from the settings."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def servers(self) -> list[dict[str, object]]:
        """Return the configured STUN and TURN servers."""
        return list(self._settings.ice_server_list())


@common.get("/deployment")
async def deployment(request: Request, session: Reading) -> DeploymentView:
    """Mode, name, footer and the server's time."""
    from cloudwindow.foundation import parameters  # noqa: PLC0415

    settings: Settings = request.app.state.settings
    return DeploymentView(
        mode=settings.mode,
        name=settings.site_name,
        organiser=settings.organiser,
        open_all_hours=bool(await parameters.get(session, OPEN_ALL_HOURS)),
        server_time=(await session.execute(text("SELECT app_now()"))).scalar_one(),
        time_zone=settings.time_zone,
        footer=Footer(
            icp=settings.icp,
            police=settings.police,
            site_code=settings.site_code,
            correction_url=settings.correction_url,
            privacy_url=settings.privacy_url,
            accessibility_url=settings.accessibility_url,
        ),
    )


def create_app(settings: Settings, database_url: str) -> FastAPI:
    """Build the web application of one process on a migrated database."""
    logs.configure(settings.log_level)
    application = FastAPI(
        title="Cloud Window 云综窗",
        version="0.1.0",
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=_lifespan,
    )
    application.state.settings = settings
    application.state.database_url = database_url
    install_problem_handlers(application)
    application.add_middleware(Door)  # the innermost
    application.add_middleware(Ceiling)
    application.add_middleware(Guard, body_limit=settings.body_limit)
    application.add_middleware(Meter)  # the outermost, so that a refused body is counted too
    routers = [common, people_router, organisation_router, catalogue_router, dispatch_router, calls_router]
    for router in [*routers, oversight_router, faces.router, monitoring.router]:
        application.include_router(router)
    if settings.mode != "production":
        application.include_router(instruments.router)
    _health(application)
    _pages(application, settings)
    application.openapi = lambda: _openapi(application)  # type: ignore[method-assign]  # FastAPI documents this hook
    return application


@dataclass(frozen=True)
class Parts:
    """What every process has, whether it serves pages or only works in the background."""

    keys: Keys
    database: Database
    wiring: Wiring
    notifier: Notifier
    actions: Actions


@asynccontextmanager
async def open_parts(settings: Settings, database_url: str) -> AsyncIterator[Parts]:
    """Build the parts of one process on a migrated database, and end them in order."""
    keys = Keys.load_or_create(settings.keys_folder())
    database = Database(
        database_url,
        pool_size=settings.database_pool_size,
        application_name=f"cloudwindow {settings.name_of_process()}"[:60],
        time_zone=settings.time_zone,
        slow_query_ms=settings.slow_query_ms,
    )
    wiring, notifier = Wiring(), Notifier(database)
    wire(wiring, database, settings)
    await notifier.start()
    try:
        yield Parts(keys, database, wiring, notifier, Actions(database, keys, wiring, notifier))
    finally:
        await notifier.stop()
        await database.close()


@asynccontextmanager
async def background(parts: Parts) -> AsyncIterator[Sweeper]:
    """Do what falls due, and seal: in a web process, or in a worker beside it."""
    sweeper, sealer = Sweeper(parts.actions, SWEEPS, DEADLINES), Sealer(parts.actions)
    await sweeper.start()
    sealer.start()
    try:
        yield sweeper
    finally:
        await sealer.stop()
        await sweeper.stop()


@asynccontextmanager
async def _lifespan(application: FastAPI) -> AsyncIterator[None]:
    settings: Settings = application.state.settings
    async with open_parts(settings, application.state.database_url) as parts:
        live = Live(parts.database, Rooms(parts.actions))
        origins = settings.allowed_origins()
        application.state.live = live
        name = f"cloudwindow {settings.name_of_process()}"[:60]
        application.state.monitor = monitoring.Monitor(parts.database, live, name)
        application.state.house = House(
            parts.database,
            parts.keys,
            parts.wiring,
            parts.actions,
            origins,
            settings.body_limit,
            settings.mode,
            settings.site_name,
            settings.roles_with_second_factor(),
        )
        await live.start()
        async with background(parts) if settings.worker_inside else nullcontext():
            try:
                yield
            finally:
                await live.stop()
                await _hand_over(parts)


async def _hand_over(parts: Parts) -> None:
    """Give away the rings of clerks whose pages were open here: somebody else is rung at once, and nobody missed it."""
    with suppress(*DATABASE_FAULTS):
        await Sweeper(parts.actions, dispatch.RINGS_TO_NOBODY, DEADLINES).sweep()


def wire(wiring: Wiring, database: Database, settings: Settings) -> None:
    """Bind every declared interface to the room that provides it."""
    wiring.bind(Authenticator, CookieAuthenticator(database))
    wiring.bind(WorkStates, dispatch.DispatchWork(wiring))
    wiring.bind(CoachAvailability, dispatch.DeskAvailability(database.zone))
    wiring.bind(dispatch.Sessions, calls.SessionDesk())
    wiring.bind(calls.Ratings, oversight.RatingDesk())
    wiring.bind(calls.IceServers, SettingsIce(settings))


def _health(application: FastAPI) -> None:
    @application.get("/healthz", tags=["common"])
    async def healthz() -> Health:
        """The process is alive; nothing else is asked."""
        return Health(status="ok")

    @application.get("/readyz", tags=["common"])
    async def readyz(session: Reading) -> Health:
        """The database answers too, so requests may come."""
        await session.execute(text("SELECT 1 FROM deployment"))
        return Health(status="ready")


def _pages(application: FastAPI, settings: Settings) -> None:
    """Serve the built web application: its files, and one entry page per face for every address under it."""
    folder = settings.web_folder()

    @application.get("/{path:path}", include_in_schema=False)
    async def page(path: str) -> Response:
        if path.startswith("api/"):
            raise Problem("not_found")
        if (found := _file_of(folder, path)) is not None:
            forever = path.startswith("assets/")  # names carry a digest of the content
            age = "public, max-age=31536000, immutable" if forever else "no-cache"
            return FileResponse(found, headers={"cache-control": age})
        entry = "workbench.html" if path.split("/", 1)[0] == "workbench" else "index.html"
        if not (folder / entry).is_file():
            raise Problem("not_found")
        return FileResponse(folder / entry, headers={"cache-control": "no-cache"})


def _file_of(folder: Path, path: str) -> Path | None:
    """Return the built file that an address names, if there is one inside the folder."""
    try:
        found = (folder / path).resolve()
        inside = bool(path) and found.is_relative_to(folder.resolve()) and found.is_file()
    except (OSError, ValueError):  # a name that no file can have
        return None
    return found if inside else None


def _openapi(application: FastAPI) -> dict[str, Any]:
    """Describe the interface, with the problem codes that the faces are generated from."""
    if application.openapi_schema is None:
        document = get_openapi(title=application.title, version=application.version, routes=application.routes)
        document["x-problems"] = {
            entry.code: {"status": entry.status, "zh": entry.zh, "en": entry.en} for entry in problem_codes.all()
        }
        application.openapi_schema = document
    return application.openapi_schema
