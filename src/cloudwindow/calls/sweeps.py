"""What falls due in this room (invariant 3)."""

from cloudwindow.calls import calling
from cloudwindow.foundation.sweeper import Sweep

# scope: the sweeper's own work
SWEEPS = [
    Sweep(
        "media lost",
        """
        SELECT id FROM call WHERE state = 'connected' AND last_good_at <= app_now() - make_interval(secs => (
            SELECT (value)::int FROM parameter WHERE key = 'calls.flowing_seconds' AND valid_from <= app_now()
            ORDER BY valid_from DESC LIMIT 1)) LIMIT :batch
        """,
        calling.lose,
    ),
    Sweep(
        "grace over",
        """
        SELECT id FROM call WHERE (state = 'interrupted' AND grace_until <= app_now())
            OR (state = 'connecting' AND started_at <= app_now() - make_interval(secs => (
                SELECT (value)::int FROM parameter WHERE key = 'calls.grace_seconds' AND valid_from <= app_now()
                ORDER BY valid_from DESC LIMIT 1))) LIMIT :batch
        """,
        calling.give_up,
    ),
]
