"""`cloudwindow keys …`: new keys come into force while the service runs (see `docs/subsystems/keys.md`)."""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

import asyncpg

from cloudwindow.foundation import keyring
from cloudwindow.foundation.actions import Actions, Tx, action
from cloudwindow.foundation.authentication import COMMAND_LINE
from cloudwindow.foundation.encrypted import tables
from cloudwindow.foundation.keeping import CURRENT, number_of, readers
from cloudwindow.foundation.keyring import Generation, KeyRing
from cloudwindow.operating.reencrypting import FIRST, reencrypt, survey
from cloudwindow.starting import StartError

READERS_SECONDS = 6.0
"""How long to wait for processes to learn new keys; they look about once a second."""

OLDER_SECONDS = 60.0
"""How long to wait for transactions that began before the switch; an action takes milliseconds."""

STUCK_SECONDS = 60.0
"""How long to try rows that somebody else holds."""

LOOK_EVERY = 0.2

Tell = Callable[[str], None]
Progress = Callable[[int], object]

# A role that may not see the others' sessions must not take them for idle.
_OLDER = """
    SELECT DISTINCT application_name FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND application_name LIKE 'cloudwindow%'
        AND (xact_start < $1 OR query = '<insufficient privilege>' OR state = 'disabled')
"""


class KeysError(StartError):
    """The keys cannot be changed, or not yet; the message is one line that says why."""


@dataclass(frozen=True)
class State:
    """Where the rotation stands. `left` counts the encrypted fields by table and the id of their key."""

    ring: KeyRing
    current: Generation
    processes: Mapping[str, set[int]]
    left: Counter[tuple[str, str]]

    def older(self) -> Counter[str]:
        """Count by table the fields that are not under the keys in force."""
        found: Counter[str] = Counter()
        for (table, id_), fields in self.left.items():
            if id_ != self.current.id.hex():
                found[table] += fields
        return found

    def read_by(self, process: str) -> list[int]:
        """Return the numbers of the generations that a process can read, the oldest first."""
        return [one.number for one in reversed(self.ring.complete()) if number_of(one) in self.processes[process]]

    def under(self, id_: str) -> int:
        """Count the fields under the key of that id."""
        return sum(fields for (_, key), fields in self.left.items() if key == id_)


async def look(actions: Actions) -> State:
    """See where it stands. Raises `KeysError` when the database knows no keys, `KeyFault` when they are not here."""
    ring, current = await _in_force(actions)
    async with actions.database.driver() as driver:
        return State(ring, current, await readers(driver), await survey(driver, tables()))


async def _in_force(actions: Actions) -> tuple[KeyRing, Generation]:
    try:
        async with actions.database.driver() as driver:
            fingerprint = await driver.fetchval(CURRENT)
    except asyncpg.UndefinedTableError:
        fingerprint = None
    if fingerprint is None:
        raise KeysError("The database was not written with any keys yet. `cloudwindow serve` or `migrate` makes them.")
    ring = actions.keys.ring
    return ring, ring.named(fingerprint)


async def new(actions: Actions, folder: Path) -> Generation:
    """Make the files of the next generation; nobody writes with it yet.

    Raises:
        KeysError: the last one that was made is not in force yet.
    """
    ring, current = await _in_force(actions)
    if (newest := ring.complete()[0]).number > current.number:
        raise KeysError(
            f"Generation {newest.number} ({newest.fingerprint}) is there and not in force yet: run `cloudwindow keys "
            "rotate`."
        )
    number = keyring.next_number(folder)
    keyring.make(folder, number)
    ring.reload()
    made = next(one for one in ring.complete() if one.number == number)
    await actions.run(COMMAND_LINE, _note_made, made)
    return made


async def rotate(actions: Actions, tell: Tell, begin: Callable[[int], Progress]) -> int:
    """Bring the newest keys into force, and encrypt with them what is under older ones. Returns how many fields.

    It may be cut off at any moment and run again. `begin` is told how many fields there are; what it returns, how many
    more were done.

    Raises:
        KeysError: there is nothing to do, a process cannot read the new keys, or something is in use for too long.
    """
    switched = await _bring_into_force(actions, tell)
    await _wait_for_older_transactions(actions)
    state = await look(actions)
    left = state.older().total()
    if not left and not switched:
        raise KeysError("There is no newer generation, and nothing is left under older ones: `cloudwindow keys new`.")
    done = await _renew_all(actions, begin(left))
    if done:
        await actions.run(COMMAND_LINE, _note_renewed, state.current, done)
    return done.total()


async def retire(actions: Actions, folder: Path) -> list[Path]:
    """Put keys of fields out of use that no row needs any more. Returns where they lie now.

    Raises:
        KeysError: there are none, or something is still under them, or could still come to be.
    """
    ring, current = await _in_force(actions)
    older = [one for one in ring.complete() if one.number < current.number]
    if not older:
        raise KeysError("There is no older key here that could be retired.")
    await _wait_for_readers(actions, current)
    await _wait_for_older_transactions(actions)
    state = await look(actions)
    if state.current is not current:
        raise KeysError("The keys have just been rotated. Run this again.")
    if left := state.older():
        raise KeysError(f"{_count(left)} under older keys: run `cloudwindow keys rotate` first.")
    await actions.run(COMMAND_LINE, _note_retired, current, older)
    return [keyring.retire(folder, one.number) for one in older]


async def _bring_into_force(actions: Actions, tell: Tell) -> bool:
    ring, current = await _in_force(actions)
    newest = ring.complete()[0]
    if newest.number <= current.number:
        return False
    await _wait_for_readers(actions, newest)
    await actions.run(COMMAND_LINE, _switch, current, newest)
    tell(f"Generation {newest.number} ({newest.fingerprint}) is in force.")
    return True


async def _wait_for_readers(actions: Actions, generation: Generation) -> None:
    """Wait until every process that runs can read what others write with these keys. Raises `KeysError`."""
    end = monotonic() + READERS_SECONDS
    while lacking := await _lacking(actions, generation):
        if monotonic() > end:
            field, blind = keyring.names(generation.number)
            raise KeysError(
                f"{', '.join(lacking)} cannot read generation {generation.number} ({generation.fingerprint}): copy "
                f"{field} and {blind} into the folder of keys there, for the service's user, or stop it if it is of an "
                "older release."
            )
        await asyncio.sleep(LOOK_EVERY)


async def _lacking(actions: Actions, generation: Generation) -> list[str]:
    async with actions.database.driver() as driver:
        found = await readers(driver)
    return sorted(process for process, ids in found.items() if number_of(generation) not in ids)


async def _wait_for_older_transactions(actions: Actions) -> None:
    """Wait until everything that began before now is over: what begins later knows the keys in force (`Tx.keys`).

    Raises:
        KeysError: something does not end.
    """
    async with actions.database.driver() as driver:
        moment, end = await driver.fetchval("SELECT clock_timestamp()"), monotonic() + OLDER_SECONDS
        while busy := await driver.fetch(_OLDER, moment):
            if monotonic() > end:
                names = ", ".join(row["application_name"] for row in busy)
                raise KeysError(f"{names} does not come to the end of what it began earlier. Run this again.")
            await asyncio.sleep(LOOK_EVERY)


async def _renew_all(actions: Actions, advance: Progress) -> Counter[str]:
    """Go through all tables again and again until nothing is left that can be renewed. Returns fields by table."""
    done: Counter[str] = Counter()
    last_success = monotonic()
    while True:
        unreadable: Counter[str] = Counter()
        for table in tables():
            after = FIRST
            while (batch := await actions.run(COMMAND_LINE, reencrypt, table, after)).last is not None:
                after = batch.last
                done[table.name] += batch.renewed
                unreadable[table.name] += batch.unreadable
                last_success = monotonic() if batch.renewed else last_success
                advance(batch.renewed)
        left = (await look(actions)).older()
        if not left:
            return +done
        if left.total() <= unreadable.total():
            raise KeysError(f"{_count(left)} under keys that are not here: put those back from your copy.")
        if monotonic() > last_success + STUCK_SECONDS:
            raise KeysError(f"{_count(left)} in use by somebody all the time. Run this again.")
        await asyncio.sleep(LOOK_EVERY)


def _count(left: Counter[str]) -> str:
    number = left.total()
    where = ", ".join(f"{table} {fields:,}" for table, fields in sorted(left.items()))
    return f"{number:,} {'field is' if number == 1 else 'fields are'} ({where})"


@action("keys.new")
async def _note_made(tx: Tx, made: Generation) -> None:
    """Put on record that keys were made."""
    tx.audit("deployment", None, generation=made.number, fingerprint=made.fingerprint)


@action("keys.switch")
async def _switch(tx: Tx, old: Generation, new_: Generation) -> None:
    """Name the keys in force. Raises `KeysError` when somebody else did so meanwhile."""
    changed = await tx.driver.fetchval(
        "UPDATE deployment SET key_fingerprint = $2 WHERE id = 1 AND key_fingerprint = $1 RETURNING id",
        old.fingerprint,
        new_.fingerprint,
    )
    if changed is None:
        raise KeysError("Somebody else has just rotated the keys. Run `cloudwindow keys show`.")
    before = {"generation": old.number, "fingerprint": old.fingerprint}
    tx.audit("deployment", None, old=before, generation=new_.number, fingerprint=new_.fingerprint)


@action("keys.renewed")
async def _note_renewed(tx: Tx, current: Generation, done: Counter[str]) -> None:
    """Put on record how many fields were encrypted anew, by table."""
    tx.audit("deployment", None, generation=current.number, fields=dict(done))


@action("keys.retire")
async def _note_retired(tx: Tx, current: Generation, older: list[Generation]) -> None:
    """Put on record which keys nothing in the database needs any more."""
    retired = {"retired": [one.number for one in older]}
    tx.audit("deployment", None, old={}, generation=current.number, **retired)
