"""What falls due in this room (invariant 3)."""

from cloudwindow.calls import calling, signalling
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
    Sweep(
        "old signals",
        "SELECT id FROM signal WHERE at < app_now() - interval '30 seconds' AND :batch > 0 LIMIT 1",
        signalling.clean,
    ),
]
