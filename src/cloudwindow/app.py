"""The composition root: builds one process and wires later rooms into the interfaces of earlier ones."""

import re
from collections.abc import AsyncIterator
from collections.abc import Set as AbstractSet
from contextlib import asynccontextmanager, nullcontext, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from fastapi import APIRouter, FastAPI, Request
from fastapi.openapi.utils import get_openapi
from fastapi.responses import FileResponse, Response
from sqlalchemy import text

from cloudwindow import calls, dispatch, faces, instruments, line_check, messages, monitoring, oversight, people
from cloudwindow.calls.routes import router as calls_router
from cloudwindow.calls.routes_invitations import router as invitations_router
from cloudwindow.calls.routes_pictures import router as pictures_router
from cloudwindow.calls.routes_pushed import router as pushed_router
from cloudwindow.catalogue import CoachAvailability
from cloudwindow.catalogue.routes import router as catalogue_router
from cloudwindow.demonstration.outbox import router as outbox_router
from cloudwindow.dispatch.routes import router as dispatch_router
from cloudwindow.foundation import housekeeping, logs
from cloudwindow.foundation.actions import Actions
from cloudwindow.foundation.authentication import Authenticator
from cloudwindow.foundation.ceiling import Ceiling
from cloudwindow.foundation.crypto import Keys
from cloudwindow.foundation.database import Database
from cloudwindow.foundation.describing import describe_problems
from cloudwindow.foundation.door import LiveDoor
from cloudwindow.foundation.errors import Problem
from cloudwindow.foundation.faults import DATABASE_FAULTS
from cloudwindow.foundation.http import Guard, House, Reading, install_problem_handlers
from cloudwindow.foundation.keeping import Keeper
from cloudwindow.foundation.live import Live
from cloudwindow.foundation.live_polling import Polling
from cloudwindow.foundation.metering import Meter
from cloudwindow.foundation.notices import Notifier
from cloudwindow.foundation.ports import PublicAddress
from cloudwindow.foundation.seal import Sealer
from cloudwindow.foundation.storage import Folder, Store
from cloudwindow.foundation.storage.keeping import SWEEPS as FILE_SWEEPS
from cloudwindow.foundation.storage.routes import router as files_router
from cloudwindow.foundation.sweeper import Sweeper
from cloudwindow.foundation.tls.authority import der_of
from cloudwindow.foundation.tls.names import LOCALHOST, lan_addresses, origin_of
from cloudwindow.foundation.wiring import Wiring
from cloudwindow.integrations import Relays
from cloudwindow.letters.routes import router as letters_router
from cloudwindow.live_rooms import Rooms
from cloudwindow.live_routes import router as live_router
from cloudwindow.organisation.queries import OPEN_ALL_HOURS
from cloudwindow.organisation.routes import router as organisation_router
from cloudwindow.oversight.routes import router as oversight_router
from cloudwindow.people import CookieAuthenticator, Wire, WorkStates
from cloudwindow.people.routes import router as people_router
from cloudwindow.settings import Settings

SWEEPS = [*housekeeping.SWEEPS, *FILE_SWEEPS, *people.SWEEPS, *dispatch.SWEEPS, *calls.SWEEPS, *oversight.SWEEPS]
SWEEPS += messages.SWEEPS

DEADLINES = [dispatch.put_off_tickets, calls.put_off_calls, dispatch.put_off_engagements, people.put_off_logins]
"""What a downtime puts off, in the order of locks."""

STREAMED = re.compile(r"/api/sessions/[^/]+/files")
"""Where a body is a file: it has a limit of its own, and is never in memory as a whole."""

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
    secure_origin: str | None
    """Where a page has camera and microphone, for one that was opened without HTTPS; None where nobody listens."""
    footer: Footer


class Health(Wire):
    """The process answers."""

    status: str


class SettingsAddress:
    """Implements `foundation.ports.PublicAddress` from the settings and this machine's addresses."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def for_phones(self, origin: str | None) -> str:
        """Return the page's own origin, else a configured one, else that of HTTPS on the local network."""
        if origin is not None and urlsplit(origin).hostname not in LOCALHOST:
            return origin
        return self.secure() or origin or f"http://{LOCALHOST[0]}:{self._settings.port}"

    def secure(self) -> str | None:
        """Return the first configured origin with HTTPS, else that of HTTPS on the local network, if there is any."""
        configured = [one for one in self._settings.configured_origins() if one.startswith("https://")]
        port = self._settings.https_port()
        lan = [origin_of(host, port) for host in lan_addresses()] if port is not None else []
        return next(iter((*configured, *lan)), None)


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
        secure_origin=SettingsAddress(settings).secure(),
        footer=Footer(
            icp=settings.icp,
            police=settings.police,
            site_code=settings.site_code,
            correction_url=settings.correction_url,
            privacy_url=settings.privacy_url,
            accessibility_url=settings.accessibility_url,
        ),
    )


def create_app(
    settings: Settings, database_url: str, origins: AbstractSet[str] | None = None, authority: Path | None = None
) -> FastAPI:
    """Build the web application of one process on a migrated database.

    `origins` are those whose pages may call it, and may grow later; without them, those of the settings. `authority` is
    the certificate that phones may install.
    """
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
    application.state.origins = settings.allowed_origins() if origins is None else origins
    install_problem_handlers(application)
    application.add_middleware(LiveDoor)  # the innermost
    application.add_middleware(Ceiling)
    application.add_middleware(
        Guard,
        body_limit=settings.body_limit,
        streamed=STREAMED,
        origins=application.state.origins,
        only_https=settings.tls_cert is not None,
    )
    application.add_middleware(Meter)  # the outermost, so that a refused body is counted too
    routers = [common, people_router, organisation_router, catalogue_router, dispatch_router, calls_router]
    routers += [pictures_router, pushed_router, invitations_router, files_router, oversight_router, faces.router]
    routers += [letters_router, live_router]
    for router in [*routers, monitoring.router, line_check.router]:
        application.include_router(router)
    if settings.mode != "production":
        application.include_router(instruments.router)
        application.include_router(outbox_router)
    _health(application)
    _authority(application, authority)
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
    keeper = Keeper(database, keys)
    await notifier.start()
    keeper.start()
    try:
        yield Parts(keys, database, wiring, notifier, Actions(database, keys, wiring, notifier))
    finally:
        await keeper.stop()
        await notifier.stop()
        await database.close()


@asynccontextmanager
async def background(parts: Parts) -> AsyncIterator[Sweeper]:
    """Do what falls due, seal, and bring messages away: in a web process, or in a worker beside it."""
    sweeper, sealer = Sweeper(parts.actions, SWEEPS, DEADLINES), Sealer(parts.actions)
    courier = messages.Courier(parts.actions, parts.wiring.port(messages.Sender))
    await sweeper.start()
    sealer.start()
    courier.start()
    try:
        yield sweeper
    finally:
        await courier.stop()
        await sealer.stop()
        await sweeper.stop()


@asynccontextmanager
async def _lifespan(application: FastAPI) -> AsyncIterator[None]:
    settings: Settings = application.state.settings
    async with open_parts(settings, application.state.database_url) as parts:
        live = Live(parts.database, Rooms(parts.actions))
        application.state.live, application.state.polling = live, Polling(live)
        name = f"cloudwindow {settings.name_of_process()}"[:60]
        application.state.monitor = monitoring.Monitor(parts.database, live, name)
        application.state.house = House(
            parts.database,
            parts.keys,
            parts.wiring,
            parts.actions,
            application.state.origins,
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
    wiring.bind(calls.IceServers, Relays(settings))
    wiring.bind(PublicAddress, SettingsAddress(settings))
    wiring.bind(Store, Folder(settings.files_folder()))
    wiring.bind(messages.Sender, messages.NoSender() if settings.mode == "production" else messages.Outbox())


def _health(application: FastAPI) -> None:
    @application.head("/healthz", include_in_schema=False)
    @application.get("/healthz", tags=["common"])
    async def healthz() -> Health:
        """The process is alive; nothing else is asked."""
        return Health(status="ok")

    @application.head("/readyz", include_in_schema=False)
    @application.get("/readyz", tags=["common"])
    async def readyz(session: Reading) -> Health:
        """The database answers too, so requests may come."""
        await session.execute(text("SELECT 1 FROM deployment"))
        return Health(status="ready")


def _authority(application: FastAPI, path: Path | None) -> None:
    @application.get("/authority.crt", include_in_schema=False)
    async def authority() -> Response:
        """The certificate to install on phones, where it was made here; `docs/phones.md` says how."""
        if path is None:
            raise Problem("not_found")
        return Response(der_of(path), media_type="application/x-x509-ca-cert", headers={"cache-control": "no-cache"})


def _pages(application: FastAPI, settings: Settings) -> None:
    """Serve the built web application: its files, and one entry page per face for every address under it."""
    folder = settings.web_folder()

    @application.api_route("/{path:path}", methods=["GET", "HEAD"], include_in_schema=False)
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
        describe_problems(document)
        application.openapi_schema = document
    return application.openapi_schema
