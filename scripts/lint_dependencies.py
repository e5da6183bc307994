# ruff: noqa: INP001  a script
"""Checks what the program is made of, offline: pins, hashes, hosts, licences. `make lint` runs it.

* Python: each line of a lock file is one version with hashes; what the `.in` file asks for is in it; what is installed
  is that version, under a licence of the list below; no lock file names a host.
* npm: each package has a digest and such a licence, is asked for by one exact version, and names no host.

Known weaknesses are published on the network only: whoever has it runs `npm audit` and a tool of the same kind for
Python beside this.
"""

import importlib.metadata
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ("requirements", "requirements-dev")

ALLOWED = {
    *("MIT", "MIT-0", "ISC", "0BSD", "BSD-2-Clause", "BSD-3-Clause", "Apache-2.0", "BlueOak-1.0.0", "CC0-1.0"),
    *("MPL-2.0", "MIT-CMU", "PSF-2.0", "Python-2.0"),
    # The same in the words of older packages.
    *("MIT License", "BSD License", "Apache Software License", "ISC License (ISCL)", "DFSG approved"),
    "Mozilla Public License 2.0 (MPL 2.0)",
    # pypdfium2's words for itself, PDFium and what that is built from: FreeType, zlib, libpng … (all permissive).
    "BSD-3-Clause, Apache-2.0, dependency licenses",
}
"""Licences that go with Apache-2.0; the MPL binds its own files only."""

_PIN = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^\]]*\])?==([^\s;\\]+)")
_NAME = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)")
_HOST = re.compile(r"https?://|--(?:extra-)?index-url|--find-links|--trusted-host")
_EXACT = re.compile(r"^\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?$")


def key(name: str) -> str:
    """Write a project's name in the one way in which names are compared (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def licences(text: str) -> list[str]:
    """Split an SPDX expression or a list of names; each part must be allowed, one of an OR too."""
    return [part.strip(" ()") if " OR " in text or " AND " in text else part.strip() for part in _parts(text)]


def _parts(text: str) -> list[str]:
    return re.split(r" OR | AND |; ", text)


def locked(text: str) -> dict[str, str]:
    """Read name and version of every requirement in a lock file."""
    found = (_PIN.match(line) for line in text.splitlines())
    return {key(match[1]): match[2] for match in found if match}


def check_lock(name: str, text: str, asked: str) -> Iterator[str]:
    """Find what is wrong in a lock file beside the `.in` file that it was made from."""
    pins = locked(text)
    for block in re.split(r"\n(?=\S)", text):
        if block.startswith("#") or not block.strip():
            continue
        if not _PIN.match(block) or "--hash=sha256:" not in block:
            yield f"{name}.lock: not one version with its hashes: {block.splitlines()[0]}"
    for line in text.splitlines():
        if _HOST.search(line):
            yield f"{name}.lock: names a host: {line.strip()}"
    for line in asked.splitlines():
        match = _NAME.match(line)
        if match and key(match[1]) not in pins:
            yield f"{name}.in: {match[1]} is not in the lock file"


def check_installed(pins: dict[str, str]) -> Iterator[str]:
    """Find installed packages of another version, or under a licence that nobody has looked at."""
    for name, version in sorted(pins.items()):
        try:
            about = importlib.metadata.metadata(name)
        except importlib.metadata.PackageNotFoundError:
            continue  # for another system
        if about["Version"] != version:
            yield f"{name}: {about['Version']} is installed, {version} is locked"
        classifiers = [each.split(" :: ")[-1] for each in about.get_all("Classifier", []) if each[:7] == "License"]
        written = [*about.get_all("License-Expression", []), "; ".join(classifiers), *about.get_all("License", [])]
        for licence in licences(next(filter(None, written), "")):
            if licence not in ALLOWED:
                yield f"{name}: licence {licence or 'unknown'} is not in the list of scripts/lint_dependencies.py"


def check_npm(package: dict[str, Any], lock: dict[str, Any]) -> Iterator[str]:
    """Find what is wrong in `package.json` and `package-lock.json`."""
    for name, version in (package.get("dependencies", {}) | package.get("devDependencies", {})).items():
        if not _EXACT.match(version):
            yield f"package.json: {name} {version} is no exact version"
    for path, entry in lock["packages"].items():
        if not path:
            continue
        name = path.rpartition("node_modules/")[2]
        if not str(entry.get("integrity", "")).startswith("sha512-"):
            yield f"package-lock.json: {name} has no digest"
        if "resolved" in entry:
            yield f"package-lock.json: {name} names a host"
        for licence in licences(entry.get("license", "")):
            if licence not in ALLOWED:
                yield f"{name}: licence {licence or 'unknown'} is not in the list of scripts/lint_dependencies.py"


def findings(root: Path) -> Iterator[str]:
    """Find everything that is wrong."""
    pins: dict[str, str] = {}
    for name in LOCKS:
        text = (root / f"{name}.lock").read_text(encoding="utf-8")
        yield from check_lock(name, text, (root / f"{name}.in").read_text(encoding="utf-8"))
        pins |= locked(text)
    yield from check_installed(pins)
    read = [
        json.loads((root / "web" / name).read_text(encoding="utf-8")) for name in ("package.json", "package-lock.json")
    ]
    yield from check_npm(*read)


def main() -> int:
    """Print findings; 1 when there are any."""
    found = list(findings(ROOT))
    for line in found:
        print(line, file=sys.stderr)  # noqa: T201  a script's output
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
