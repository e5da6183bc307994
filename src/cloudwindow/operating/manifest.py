"""What a backup says about itself."""

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import Any

from cloudwindow.starting import StartError

FORMAT = 1


class BackupError(StartError):
    """A backup cannot be made, or what is given as one cannot be used; the message is one line that says why."""


@dataclass(frozen=True, slots=True)
class Content:
    """One file of a backup: SHA-256 in hexadecimal, and its length in bytes."""

    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """The last file of a backup, so that one that was cut off has none.

    `taken_at` is the database's time of the snapshot (ISO 8601, UTC); `revision` the migration at which it was;
    `key_fingerprint` tells which keys it needs, null when it was never written with any.
    """

    format: int
    program: str
    taken_at: str
    mode: str
    revision: str
    key_fingerprint: str | None
    postgresql: str
    files: dict[str, Content]

    def json(self) -> bytes:
        """The manifest with a digest over itself."""
        body = asdict(self)
        return json.dumps(body | {"sha256": _digest(body)}, indent=2, ensure_ascii=False).encode() + b"\n"

    @classmethod
    def read(cls, raw: bytes) -> "Manifest":
        """Read a manifest.

        Raises:
            BackupError: it is damaged, or of a format that this program does not know.
        """
        try:
            body: dict[str, Any] = json.loads(raw)
            if body["format"] != FORMAT:
                raise BackupError(f"The backup has format {body['format']}, this program reads {FORMAT}.")
            if body.pop("sha256") != _digest(body):
                raise BackupError("The backup's manifest is damaged.")
            return cls(**body | {"files": {name: Content(**file) for name, file in body["files"].items()}})
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise BackupError("The backup's manifest cannot be read.") from error


def _digest(body: dict[str, Any]) -> str:
    exact = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(exact.encode()).hexdigest()
