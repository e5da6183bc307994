"""Production: what it has none of, route by route and command by command (model §6)."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import httpx
import pytest
import typer
from fastapi.routing import iter_route_contexts

from cloudwindow import cli
from cloudwindow.app import create_app
from cloudwindow.foundation.migrations import upgrade
from cloudwindow.settings import ADMINISTRATORS, Settings
from tests.support.cluster import Cluster, temporary_folder
from tests.support.commands import run_command
from tests.support.server import free_port

FORBIDDEN = ("test", "demo", "outbox", "clock", "failpoint", "reset", "seed", "debug")
"""Words that no address of production has in it."""

# What each command does in production: `runs`, or the words of its refusal.
COMMANDS = {
    "serve": "runs",
    "migrate": "runs",
    "demo": "no demonstration data in production mode",
    "settings": "runs",
    "states": "runs",
    "openapi": "runs",
    "staff list": "runs",
    "staff unlock": "runs",
    "staff password": "runs",
    "staff disable": "runs",
    "staff enable": "runs",
    "staff sign-out": "runs",
    "staff second-factor reset": "runs",
    "keys show": "runs",
    "keys new": "runs",
    "keys rotate": "runs",
    "keys retire": "runs",
    "worker": "runs",
    "doctor": "runs",
    "audit head": "runs",
    "audit verify": "runs",
    "backup": "runs",
    "restore": "empty",
}
ON_AND_ON = {"serve", "worker"}


def _routes(mode: str) -> dict[str, str]:
    """Every route of an application, with the module that it comes from."""
    application = create_app(Settings(mode=mode), "postgresql://nobody@localhost/nothing")
    found = {}
    for route in iter_route_contexts(application.routes):
        endpoint = getattr(route, "endpoint", None)
        found[str(route.path)] = getattr(endpoint, "__module__", "")
    return found


def test_no_route_of_production_is_an_instrument() -> None:
    there, elsewhere = _routes("production"), _routes("demonstration")
    assert len(there) > 30
    assert "cloudwindow.instruments" in elsewhere.values()
    assert not [
        path
        for path, module in there.items()
        if module.startswith(("cloudwindow.instruments", "cloudwindow.demonstration"))
    ]
    assert not [path for path in there if any(word in path for word in FORBIDDEN)]
    missing = {"cloudwindow.instruments", "cloudwindow.demonstration.outbox"}
    assert set(elsewhere) - set(there) == {path for path, module in elsewhere.items() if module in missing}
    assert "cloudwindow.demonstration.outbox" in elsewhere.values()


async def test_what_is_not_there_answers_as_anything_else_that_is_not_there() -> None:
    application = create_app(Settings(mode="production"), "postgresql://nobody@localhost/nothing")
    transport = httpx.ASGITransport(application, raise_app_exceptions=False)
    gone = set(_routes("demonstration")) - set(_routes("production"))
    assert gone
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        for path in (*gone, "/api/nothing"):
            for method in ("GET", "POST", "PUT", "DELETE"):
                answer = await client.request(method, path, json={"seconds": 1})
                assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), (method, path)


def _commands(application: typer.Typer, before: str = "") -> Iterator[str]:
    for command in application.registered_commands:
        assert command.callback is not None
        yield before + (command.name or command.callback.__name__.replace("_", "-"))
    for group in application.registered_groups:
        assert group.typer_instance is not None
        yield from _commands(group.typer_instance, f"{before}{group.name} ")


def test_every_command_has_a_line_in_the_table() -> None:
    assert set(_commands(cli.app)) == set(COMMANDS)


@pytest.fixture
def data() -> Iterator[Path]:
    folder = temporary_folder()
    yield folder
    shutil.rmtree(folder)


async def test_commands_in_production(data: Path, cluster: Cluster) -> None:
    url = await cluster.create_database()
    place = {"CLOUDWINDOW_DATA": str(data), "DATABASE_URL": url, "CLOUDWINDOW_MODE": "production"}
    ran = {"migrate": await run_command("migrate", **place)}
    copy = str(data / "copy.tar")
    more = {"backup": ["--to", copy], "restore": ["--from", copy]}
    more |= {"keys rotate": ["--yes"], "keys retire": ["--yes"]}
    for command in COMMANDS:
        if command not in ON_AND_ON | {"migrate"}:  # which ran first
            account = ["nobody"] if command.startswith("staff ") and command != "staff list" else []
            ran[command] = await run_command(*command.split(), *account, *more.get(command, []), **place)
    for command, (code, out, err) in ran.items():
        assert "Traceback" not in err, err
        if COMMANDS[command] != "runs":
            assert (code, COMMANDS[command] in err, out) == (2, True, ""), (command, err)
        elif command.startswith("staff ") and command != "staff list":
            assert (code, err) == (2, "cloudwindow: There is no account nobody.\n"), command
        elif command == "doctor":
            assert (code in {0, 1}, err) == (True, ""), err  # it may well find something here
        else:
            assert (code, err) == (0, ""), (command, err)
    await cluster.drop_database(url)


@pytest.mark.parametrize("command", ["serve", "migrate", "demo"])
@pytest.mark.parametrize("mode", ["demonstration", "test"])
async def test_a_production_database_is_left_exactly_as_it_is(
    data: Path, cluster: Cluster, command: str, mode: str
) -> None:
    """Started in another mode by mistake: refused before anything is changed, its version included."""
    url = await cluster.create_database()
    await upgrade(url, "production")
    connection = await asyncpg.connect(url)
    await connection.execute("UPDATE alembic_version SET version_num = 'one we must not touch'")
    place = {"CLOUDWINDOW_DATA": str(data), "DATABASE_URL": url, "CLOUDWINDOW_MODE": mode}
    place["CLOUDWINDOW_PORT"] = str(free_port())
    code, _, err = await run_command(command, **place)
    if (command, mode) == ("demo", "test"):
        assert (code, "no demonstration data in test mode" in err) == (2, True)
    else:
        assert (code, "This database is in production mode, which never changes" in err) == (2, True), err
    assert err.count("\n") == 1
    assert await connection.fetchval("SELECT version_num FROM alembic_version") == "one we must not touch"
    assert await connection.fetchval("SELECT count(*) FROM region") == 0
    await connection.close()
    await cluster.drop_database(url)


def test_it_warns_until_administrators_need_a_second_factor() -> None:
    (warning,) = Settings(mode="production").warnings()
    assert "CLOUDWINDOW_SECOND_FACTOR_ROLES" in warning
    (warning,) = Settings(mode="production", second_factor_roles="system_admin, centre_admin").warnings()
    assert "security_admin, audit_admin" in warning
    assert "system_admin" not in warning
    assert Settings(mode="production", second_factor_roles=",".join(ADMINISTRATORS)).warnings() == []
    assert Settings(mode="demonstration").warnings() == []
