"""One at a time for a value that stands in the database as a blind index only, such as one account for a phone.

While keys rotate, two processes may index the same value by different generations, and a unique index cannot tell. So
whoever must find or make the one row of a value holds the value first.
"""

from cloudwindow.foundation.actions import Tx

_HOLD = "SELECT pg_advisory_xact_lock(key) FROM (SELECT DISTINCT unnest($1::bigint[]) AS key ORDER BY key) AS in_order"


async def hold(tx: Tx, column: str, text: str) -> list[bytes]:
    """Let nobody else hold this value of a column until the transaction ends; before all other locks.

    Returns the blind indexes under which it may stand, one a generation, to be looked up by `= ANY` in a statement of
    its own. Each is locked: any two processes know one generation in common, since `keys rotate` waits for all.
    """
    indexes = tx.keys.blinds(column, text)
    await tx.driver.execute(_HOLD, [int.from_bytes(index[:8], "big", signed=True) for index in indexes])
    return indexes
