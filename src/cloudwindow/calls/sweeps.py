"""What falls due in this room (invariant 3)."""

from cloudwindow.calls import calling, inviting, recalling, signalling
from cloudwindow.foundation.sweeper import Sweep

# scope: the sweeper's own work
SWEEPS = [
    Sweep(
        "media lost",
        """
        SELECT id FROM call WHERE state = 'connected' AND last_good_at <= app_now() - make_interval(secs => (
            SELECT (value)::int FROM parameter
            WHERE key = 'calls.flowing_seconds' AND scope_kind = 'all' AND valid_from <= app_now()
            ORDER BY valid_from DESC LIMIT 1)) LIMIT :batch
        """,
        calling.lose,
    ),
    Sweep(
        "grace over",
        """
        SELECT id FROM call WHERE state IN ('connecting', 'interrupted') AND grace_until <= app_now() LIMIT :batch
        """,
        calling.give_up,
    ),
    Sweep("lines broken", recalling.DUE, recalling.recall),
    Sweep(
        "invited gone",
        """
        SELECT p.id FROM call c JOIN call_participant p ON p.call_id = c.id
        WHERE c.state <> 'ended' AND p.side = 'invited' AND p.left_at IS NULL
          AND greatest(p.joined_at, p.reported_at) <= app_now() - make_interval(secs => (
            SELECT (value)::int FROM parameter
            WHERE key = 'calls.grace_seconds' AND scope_kind = 'all' AND valid_from <= app_now()
            ORDER BY valid_from DESC LIMIT 1))
          AND NOT EXISTS (SELECT 1 FROM tab_lease l WHERE l.staff_id = p.staff_id AND l.lease_until > app_now())
        LIMIT :batch
        """,
        inviting.lost,
    ),
    Sweep(
        "old signals",
        "SELECT id FROM signal WHERE at < app_now() - interval '30 seconds' AND :batch > 0 LIMIT 1",
        signalling.clean,
    ),
]
