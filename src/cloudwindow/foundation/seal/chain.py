"""The chain itself: the exact text of a batch, and the head that is its SHA-256. No database here.

The text is made to be read, and to be checked without this program: `sha256sum` of it is the head. One line for each
field of the header, the previous head among them, then one line a row: position, table, key, instant, digest.
"""

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple

FORMAT = "cloudwindow-seal 1"
GENESIS = bytes(32)
"""What stands for the previous head in the first batch."""

_SPACES_IN_A_LINE = 4


class Header(NamedTuple):
    """What a batch says of itself.

    `number` counts from 1 without gaps; `at` is when it was made, by the clock of the rows. `settled` is the position
    up to which every row that can ever exist is sealed; `reach` the greatest position sealed so far; `xid` the
    transaction that sealed it. `drained` says that no committed row was left over. `rows` is how many it holds.
    """

    number: int
    at: datetime
    settled: int
    reach: int
    xid: int
    drained: bool
    rows: int


BEFORE_THE_FIRST = Header(0, datetime.min.replace(tzinfo=UTC), settled=0, reach=0, xid=0, drained=False, rows=0)


class Member(NamedTuple):
    """One sealed row: its position among all rows that are sealed, where it stands, when it is of, SHA-256 of its body.

    `row_key` is the row's key as text, parts joined by `/`.
    """

    position: int
    table_name: str
    row_key: str
    at: datetime
    digest: bytes

    @property
    def place(self) -> tuple[int, str]:
        """Where it stands in the order of the chain."""
        return self.position, self.table_name


def text(previous: bytes, header: Header, members: Sequence[Member]) -> str:
    """Write a batch with its members in order. Raises `ValueError` when a key holds white space: it would be two."""
    lines = "".join([_line(member) for member in members])
    if lines.count("\n") != len(members) or len(lines.split()) != (_SPACES_IN_A_LINE + 1) * len(members):
        raise ValueError("a table or key with white space cannot be sealed")
    return (
        f"{FORMAT}\nbatch {header.number}\nprevious {previous.hex()}\nat {_instant(header.at)}\n"
        f"settled {header.settled}\nreach {header.reach}\ntransaction {header.xid}\n"
        f"drained {'yes' if header.drained else 'no'}\nrows {header.rows}\n{lines}"
    )


def head(previous: bytes, header: Header, members: Sequence[Member]) -> bytes:
    """Return the head after a batch: SHA-256 of its text. Raises `ValueError` as `text` does."""
    return hashlib.sha256(text(previous, header, members).encode()).digest()


def _line(member: Member) -> str:
    return (
        f"{member.position} {member.table_name} {member.row_key} {_instant(member.at)} {member.digest.hex() or '-'}\n"
    )


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")
