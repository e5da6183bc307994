"""The generations of the deployment's keys: files in one folder, which is read again while the service runs.

`field.key` and `blind.key` are the first generation, `field.2.key` and `blind.2.key` the second, and so on. A file has
its name only once it is whole and on the disk. See `docs/subsystems/keys.md`.
"""

import hashlib
import hmac
import os
import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from cloudwindow.foundation import durable

KEY_BYTES = 32
ID_BYTES = 4

RETIRED = "retired"
"""The folder inside the keys' own, into which keys go that nothing in the database needs any more."""

_FILE = re.compile(r"(field|blind)(?:\.([2-9]|[1-9][0-9]{1,5}))?\.key")


class KeyFault(Exception):  # noqa: N818  read as a fact, not raised by a programming error
    """The keys cannot be read, are malformed, or do not fit the data."""


@dataclass(frozen=True, eq=False)
class Generation:
    """One pair of keys, each 32 random bytes: `field` encrypts, `blind` indexes.

    Without `field` it is retired: it opens nothing, but still finds what was indexed with it.
    """

    number: int
    blind: bytes
    field: bytes | None

    @cached_property
    def fingerprint(self) -> str:
        """16 hexadecimal digits that tell these keys from others and nothing else; empty once retired."""
        if self.field is None:
            return ""
        return hmac.new(self.field + self.blind, b"cloudwindow keys", hashlib.sha256).hexdigest()[:16]

    @cached_property
    def id(self) -> bytes:
        """What ciphers carry to name their key: the beginning of the fingerprint, so that SQL can tell it too."""
        return bytes.fromhex(self.fingerprint)[:ID_BYTES]

    def index(self, column: str, text: str) -> bytes:
        """Return the keyed digest by which an equal value of `column` is found without decrypting."""
        return hmac.digest(self.blind, f"{column}\x00{text}".encode(), "sha256")


class KeyRing:
    """All generations that this process knows. It only learns: what it could read once, it can read until it ends.

    `noticed` is the generation that was in force when somebody last looked, the newest until then. `faults` says what
    is wrong in the folder.
    """

    def __init__(self, generations: Iterable[Generation] = (), folder: Path | None = None) -> None:
        self.folder = folder
        self.faults: list[str] = []
        self._generations = {generation.number: generation for generation in generations}
        self.noticed = next(iter(self.complete()), None)

    def generations(self) -> list[Generation]:
        """Return all of them, the newest first, retired ones included."""
        return sorted(self._generations.values(), key=lambda one: one.number, reverse=True)

    def complete(self) -> list[Generation]:
        """Return those that encrypt and open, the newest first."""
        return [one for one in self.generations() if one.field is not None]

    def with_id(self, id_: bytes) -> Generation:
        """Return the generation that a cipher names, reading the folder again before giving up. Raises `KeyFault`."""
        found = self._find(lambda one: one.id == id_)
        if found is None:
            raise self._fault(f"a personal field is under a key that is not here ({id_.hex()})")
        return found

    def named(self, fingerprint: str) -> Generation:
        """Return the generation of that fingerprint, reading the folder again before giving up. Raises `KeyFault`."""
        found = self._find(lambda one: one.fingerprint == fingerprint)
        if found is None:
            here = ", ".join(one.fingerprint for one in self.complete()) or "none"
            raise self._fault(f"this database was written with keys {fingerprint}, but the keys here are {here}")
        return found

    def _find(self, fits: Callable[[Generation], bool]) -> Generation | None:
        found = self._look(fits)
        if found is None:
            self.reload()
            found = self._look(fits)
        return found

    def _look(self, fits: Callable[[Generation], bool]) -> Generation | None:
        return next((one for one in self._generations.values() if one.field is not None and fits(one)), None)

    def _fault(self, what: str) -> KeyFault:
        return KeyFault("; ".join([what, *self.faults]))

    def reload(self) -> None:
        """Learn what came into the folder. What cannot be used is left out and said in `faults`.

        Raises:
            KeyFault: the folder itself cannot be read.
        """
        if self.folder is None:
            return
        faults: list[str] = []
        learnt = {}
        for number, kinds in sorted(_listed(self.folder).items()):
            known = self._generations.get(number)
            if known is None or known.field is None:
                try:
                    learnt[number] = _read(self.folder, number, kinds)
                except KeyFault as fault:
                    faults.append(str(fault))
        self._generations = self._generations | learnt
        self.faults = faults


def names(number: int) -> tuple[str, str]:
    """Return the names of a generation's two files: the key of fields, the key of blind indexes."""
    middle = "" if number == 1 else f".{number}"
    return f"field{middle}.key", f"blind{middle}.key"


def is_key_file(name: str) -> bool:
    """Say whether a file of that name holds a key."""
    return _FILE.fullmatch(name) is not None


def files(folder: Path) -> list[Path]:
    """Return the files of all keys in a folder. Raises `KeyFault` when it cannot be read."""
    there = _listed(folder)
    return [folder / name for number in sorted(there) for name in names(number) if name.split(".")[0] in there[number]]


def open_ring(folder: Path) -> KeyRing:
    """Read the keys of a folder, making none. Raises `KeyFault` in one clear line when none of them can be used."""
    ring = KeyRing(folder=folder)
    ring.reload()
    if not ring.complete():
        newest = max(_listed(folder), default=None)
        missing = f"{names(newest)[0]} is missing in {folder}" if newest else f"there are no keys in {folder}"
        raise KeyFault("; ".join(ring.faults) or missing)
    ring.noticed = ring.complete()[0]
    return ring


def open_or_make_ring(folder: Path) -> KeyRing:
    """Read the keys of a folder, making the first generation where there is none. Raises `KeyFault`."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise _unusable(folder, error) from error
    there = _listed(folder)
    if set(there) <= {1} and there.get(1) != {"field", "blind"}:
        make(folder, 1)
    return open_ring(folder)


def next_number(folder: Path) -> int:
    """Return the number of the generation to be made next; one that was begun and not finished comes first."""
    there = _listed(folder)
    begun = [number for number, kinds in there.items() if kinds == {"field"}]
    retired = _listed(folder / RETIRED) if (folder / RETIRED).exists() else {}
    return begun[0] if begun else max([0, *there, *retired]) + 1


def make(folder: Path, number: int) -> None:
    """Make the files of a generation that are not there yet, down to the disk. Raises `KeyFault`.

    The key of fields comes first: a blind key that lies alone belongs to a retired generation.
    """
    try:
        for name in names(number):
            if not (folder / name).exists():
                durable.put_first(folder / name, os.urandom(KEY_BYTES), 0o600)
    except OSError as error:
        raise _unusable(folder, error) from error


def retire(folder: Path, number: int) -> Path:
    """Put a generation's key of fields out of use, its blind key not; returns where it lies now. Raises `KeyFault`."""
    name, _ = names(number)
    aside = folder / RETIRED
    try:
        aside.mkdir(mode=0o700, exist_ok=True)
        durable.give_to_owner_of(folder, aside)
        (folder / name).rename(aside / name)
        durable.sync_folder(aside)
        durable.sync_folder(folder)
    except OSError as error:
        raise _unusable(folder, error) from error
    return aside / name


def _listed(folder: Path) -> dict[int, set[str]]:
    """Return which files each generation has: `field`, `blind` or both."""
    found: dict[int, set[str]] = defaultdict(set)
    try:
        for path in folder.iterdir():
            if match := _FILE.fullmatch(path.name):
                found[int(match[2] or 1)].add(match[1])
    except OSError as error:
        raise _unusable(folder, error) from error
    return dict(found)


def _read(folder: Path, number: int, kinds: set[str]) -> Generation:
    field, blind = (folder / name for name in names(number))
    if "blind" not in kinds:
        msg = f"{blind} is missing"
        raise KeyFault(msg)
    return Generation(number, _key(blind), _key(field) if "field" in kinds else None)


def _key(path: Path) -> bytes:
    try:
        key = path.read_bytes()
    except OSError as error:
        msg = f"{path} cannot be read: {error.strerror}"
        raise KeyFault(msg) from error
    if len(key) != KEY_BYTES:
        msg = f"{path} holds {len(key)} bytes instead of {KEY_BYTES}: restore it from the backup"
        raise KeyFault(msg)
    return key


def _unusable(folder: Path, error: OSError) -> KeyFault:
    return KeyFault(f"keys in {folder} cannot be read or made: {error.strerror}")
