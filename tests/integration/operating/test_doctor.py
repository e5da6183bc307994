"""`cloudwindow doctor` on real deployments, well and ill."""

import json
import socket
from pathlib import Path
from time import monotonic
from typing import Any

import asyncpg

from tests.support.commands import run_command
from tests.support.server import Server

DATABASE = {"database", "schema", "mode", "fingerprint", "rotation", "connections", "tables", "clock", "files"}
MACHINE = {"storage", "disk", "port", "https", "keys", "pages", "footer", "messages"}


def of(server: Server, **more: str) -> dict[str, str]:
    """The settings of a server that runs."""
    return {
        "CLOUDWINDOW_DATA": str(server.folder),
        "CLOUDWINDOW_PORT": str(server.port),
        "CLOUDWINDOW_MODE": "test",
        "DATABASE_URL": server.city.url,
    } | more


async def look(expect: int, **environment: str) -> dict[str, Any]:
    code, out, err = await run_command("doctor", "--json", **environment)
    assert code == expect, out + err
    return {check["name"]: check for check in json.loads(out)["checks"]}


async def test_a_deployment_that_is_well(server: Server) -> None:
    found = await look(0, **of(server, CLOUDWINDOW_ICP="豫ICP备00000001号"))
    assert set(found) == DATABASE | MACHINE
    assert {name for name, check in found.items() if check["status"] != "ok"} == {"footer"}
    assert "held by Cloud Window" in found["port"]["what"]
    assert "Back them up" in found["keys"]["what"]
    assert "ICP" not in found["footer"]["what"]
    code, out, _ = await run_command("doctor", **of(server))
    assert code == 0
    assert len(out.splitlines()) == len(found)


async def test_a_deployment_that_is_ill(server: Server, tmp_path: Path) -> None:
    connection = await asyncpg.connect(server.city.url)
    await connection.execute("UPDATE alembic_version SET version_num = 'later'")
    await connection.execute("UPDATE test_clock SET shift = interval '1 hour'")
    await connection.close()
    other = {"CLOUDWINDOW_MODE": "production", "CLOUDWINDOW_KEYS": str(tmp_path / "none")}
    found = await look(1, **of(server, **other))
    assert {name for name, check in found.items() if check["status"] == "fail"} == {"schema", "mode", "fingerprint"}
    assert found["clock"]["status"] == "warn"
    assert "3600 s" in found["clock"]["what"]
    assert all(check["do"] for check in found.values() if check["status"] != "ok")
    assert not (tmp_path / "none").exists()


async def test_a_database_that_hangs_does_not_hang_the_doctor(tmp_path: Path) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        url = f"postgresql://x:quiet@127.0.0.1:{silent.getsockname()[1]}/x"
        began = monotonic()
        found = await look(1, DATABASE_URL=url, CLOUDWINDOW_DATA=str(tmp_path))
    assert monotonic() - began < 20
    assert found["database"]["status"] == "fail"
    assert "no answer" in found["database"]["what"]
    assert "quiet" not in json.dumps(found)
    assert all(found[name]["status"] == "warn" for name in DATABASE - {"database"})


async def test_before_the_first_start_nothing_fails_and_nothing_is_made(tmp_path: Path) -> None:
    found = await look(0, CLOUDWINDOW_DATA=str(tmp_path / "new"), CLOUDWINDOW_PORT="18765")
    assert found["database"]["status"] == "warn"
    assert not (tmp_path / "new").exists()


async def test_a_service_that_is_stopped_fails(tmp_path: Path) -> None:
    (tmp_path / "postgres").mkdir()
    found = await look(1, CLOUDWINDOW_DATA=str(tmp_path))
    assert "not running" in found["database"]["what"]


async def test_settings_that_cannot_be_used(tmp_path: Path) -> None:
    code, _, err = await run_command("doctor", CLOUDWINDOW_DATA=str(tmp_path), CLOUDWINDOW_PORT="0")
    assert code == 2
    assert err.count("\n") == 1
