"""What the doctor says about this machine: folders, disk, port, keys, pages, footer."""

import json
import os
import shutil
import socket
import stat
import tempfile
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from cloudwindow.foundation import keyring
from cloudwindow.foundation.keyring import KeyFault
from cloudwindow.operating.findings import Finding
from cloudwindow.settings import LISTEN_ADDRESS, Settings

PORT_SECONDS = 3.0
MEBIBYTE = 1024 * 1024
DISK_FAIL = 512 * MEBIBYTE
"""`max_wal_size` of the embedded database: with less it may have to stop in the middle of its work."""
FEWEST_FILES = 10_000

FOOTER = {
    "organiser": "主办单位",
    "icp": "ICP备案号",
    "police": "公安备案号",
    "site_code": "网站标识码",
    "correction_url": "纠错",
    "privacy_url": "隐私说明",
    "accessibility_url": "无障碍说明",
}
"""What a government site shows at the foot of its pages (model §9), by setting."""


def storage(settings: Settings) -> Finding:
    """Whether the data folder, and that of the files people send, are ours, closed to others, and take a file."""
    data, files = settings.data_folder(), settings.files_folder()
    wrong = _folder("data folder", data, stat.S_IWGRP | stat.S_IWOTH)
    if wrong is None and files.exists():
        wrong = _folder("files folder", files, stat.S_IRWXG | stat.S_IRWXO)
    return wrong or Finding("storage", "ok", f"{data} is there, ours, and can be written.")


def _folder(name: str, folder: Path, closed: int) -> Finding | None:
    """What is wrong with a folder; `closed` are the permissions that others must not have."""
    try:
        state = folder.stat()
    except FileNotFoundError:
        return Finding("storage", "warn", f"The {name} {folder} is not there.", "`cloudwindow serve` makes it")
    except OSError as error:
        return Finding("storage", "fail", f"The {name} {folder}: {error.strerror}.", "set CLOUDWINDOW_DATA")
    if not stat.S_ISDIR(state.st_mode):
        return Finding("storage", "fail", f"{folder} is no folder.", "set CLOUDWINDOW_DATA")
    if os.geteuid() not in {0, state.st_uid}:
        what = f"The {name} {folder} belongs to user {state.st_uid}, this is {os.geteuid()}."
        return Finding("storage", "fail", what, "run the command as the service's user")
    if state.st_mode & closed:
        what = f"The {name} {folder} is open to others (mode {stat.S_IMODE(state.st_mode):04o})."
        return Finding("storage", "fail", what, f"chmod {'go-w' if closed & stat.S_IRGRP == 0 else 'go='} {folder}")
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"doctor")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        what = f"The {name} {folder} cannot be written: {error.strerror}."
        return Finding("storage", "fail", what, "make room, or mount it for writing")
    return None


def messages(settings: Settings) -> Finding:
    """Whether texts can be sent to phones, so that they may sleep while their owners wait."""
    if settings.mode != "production":
        return Finding("messages", "ok", "Short messages go to the outbox page.")
    what = "No sender of short messages is configured: phones of people who wait cannot be recalled."
    return Finding("messages", "warn", what, "provide one, as docs/subsystems/messages.md says")


def disk(settings: Settings) -> Finding:
    """Whether there is room where the data are."""
    folder = _nearest(settings.data_folder())
    free = shutil.disk_usage(folder).free
    files = os.statvfs(folder)
    elsewhere = "" if settings.database_url is None else " The database's own disk is not seen from here."
    what = f"{free // MEBIBYTE} MB are free at {folder}.{elsewhere}"
    room = "make room or enlarge the disk"
    if free < DISK_FAIL:
        return Finding("disk", "fail", what, room)
    if free < settings.free_disk_mb * MEBIBYTE:
        return Finding("disk", "warn", f"{what} CLOUDWINDOW_FREE_DISK_MB asks for {settings.free_disk_mb}.", room)
    if files.f_files and files.f_favail < FEWEST_FILES:
        return Finding("disk", "warn", f"Only {files.f_favail} more files fit at {folder}.", "remove small files")
    return Finding("disk", "ok", what)


def _nearest(folder: Path) -> Path:
    """The folder, or the first one above it that exists."""
    return next(place for place in (folder, *folder.parents) if place.exists())


def port(settings: Settings) -> Finding:
    """Whether the port is free, or held by a server of ours."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LISTEN_ADDRESS, settings.port))
        except OSError as error:
            reason = error.strerror
        else:
            return Finding("port", "ok", f"Port {settings.port} is free.")
    if _is_ours(settings.port):
        return Finding("port", "ok", f"Port {settings.port} is held by Cloud Window, which answers.")
    what = f"Port {settings.port} on {LISTEN_ADDRESS} cannot be had ({reason}), and it is no Cloud Window that answers."
    return Finding("port", "fail", what, f"look with `ss -ltnp 'sport = :{settings.port}'`, or set CLOUDWINDOW_PORT")


def _is_ours(number: int) -> bool:
    connection = HTTPConnection(LISTEN_ADDRESS, number, timeout=PORT_SECONDS)
    try:
        connection.request("GET", "/healthz")
        answer = json.loads(connection.getresponse().read(1000))
    except (OSError, HTTPException, ValueError):
        return False
    finally:
        connection.close()
    return bool(answer == {"status": "ok"})


def keys(settings: Settings) -> Finding:
    """Whether the keys are there and nobody else may read them. Whether they fit is another finding."""
    folder = settings.keys_folder()
    try:
        files = keyring.files(folder) if folder.exists() else []
        places = [folder, *files] if files else []
        open_ = [path for path in places if path.stat().st_mode & 0o077]
        unreadable = [path for path in places if not os.access(path, os.R_OK)]
    except (KeyFault, OSError) as error:
        reason = str(error) if isinstance(error, KeyFault) else error.strerror
        return Finding("keys", "fail", f"The keys in {folder}: {reason}.", "run as the service's user")
    if not files:
        return Finding(
            "keys", "warn", f"There are no keys in {folder} yet.", "`cloudwindow serve` makes them; back them up"
        )
    if unreadable:
        return Finding("keys", "fail", f"{unreadable[0]} cannot be read.", "run as the service's user")
    try:
        faults = keyring.open_ring(folder).faults
    except KeyFault as fault:
        faults = [str(fault)]
    if faults:
        return Finding("keys", "fail", f"{faults[0]}.", "put it back from your copy")
    if open_:
        return Finding("keys", "fail", f"{open_[0]} is open to others.", f"chmod go= {' '.join(map(str, open_))}")
    what = (
        f"The keys in {folder} are there and closed. Back them up, apart from the database: nobody can make them anew."
    )
    return Finding("keys", "ok", what)


def pages(settings: Settings) -> Finding:
    """Whether the built web application is there."""
    folder = settings.web_folder()
    missing = [name for name in ("index.html", "workbench.html") if not (folder / name).is_file()]
    if missing:
        return Finding(
            "pages", "fail", f"{' and '.join(missing)} is missing in {folder}.", "build them with `make run`"
        )
    return Finding("pages", "ok", f"The pages are in {folder}.")


def footer(settings: Settings) -> Finding:
    """Which fields of the footer are empty."""
    empty = [field for field in FOOTER if not getattr(settings, field)]
    if not empty:
        return Finding("footer", "ok", "Every field of the footer is filled in.")
    names = ", ".join(f"{FOOTER[field]} (CLOUDWINDOW_{field.upper()})" for field in empty)
    return Finding("footer", "warn", f"Empty at the foot of the pages: {names}.", "set them before the site is public")
