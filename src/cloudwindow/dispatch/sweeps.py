"""What falls due in this room (invariant 3)."""

from cloudwindow.dispatch import actions, matching, recalling, ringing
from cloudwindow.foundation.sweeper import Sweep

# scope: the sweeper's own work
RINGS_TO_NOBODY = [
    Sweep(
        "rings to nobody",
        """
        SELECT id FROM engagement e WHERE state = 'ringing' AND NOT EXISTS (
            SELECT 1 FROM tab_lease l WHERE l.staff_id = e.staff_id AND l.lease_until > (SELECT app_now())) LIMIT :batch
        """,
        ringing.tab_gone,
    )
]
"""Of clerks who have no page open any more."""

# scope: the sweeper's own work, all of it
SWEEPS = [
    Sweep(
        "missed rings",
        "SELECT id FROM engagement WHERE state = 'ringing' AND expires_at <= app_now() LIMIT :batch",
        ringing.miss,
    ),
    *RINGS_TO_NOBODY,
    Sweep(
        "set aside",
        "SELECT id FROM ticket WHERE state = 'parked' AND parked_until <= app_now() ORDER BY parked_until LIMIT :batch",
        actions.resume,
    ),
    Sweep(
        "pages gone",
        """
        SELECT id FROM ticket WHERE (state = 'waiting' OR (state = 'parked' AND callback_at IS NULL))
          AND lease_until <= (SELECT app_now()) LIMIT :batch
        """,
        actions.expire,
    ),
    Sweep("nearly their turn", recalling.NEAR, recalling.recall_near),
    Sweep("rung in their sleep", recalling.RUNG, recalling.recall_rung),
    Sweep(
        "wrap-ups over",
        "SELECT DISTINCT staff_id FROM engagement WHERE wrap_until <= app_now() LIMIT :batch",
        ringing.wrap_up_over,
    ),
    Sweep(
        "free clerks",
        f"""
        SELECT p.staff_id FROM presence p WHERE {matching.FREE} AND EXISTS (
            SELECT 1 FROM desk_member m JOIN ticket t ON t.desk_id = m.desk_id
            WHERE m.staff_id = p.staff_id AND t.state = 'waiting' AND t.lease_until > (SELECT app_now()) OFFSET 0)
        ORDER BY p.idle_since LIMIT :batch
        """,
        ringing.ring_next,
    ),
]
