"""What `/metrics` says of this room."""

from cloudwindow.foundation.readings import Reading, overdue

# scope: numbers of people, of no person
_TICKETS = """
    SELECT d.key, s.state, coalesce(live.n, 0) FROM desk d
    CROSS JOIN unnest(ARRAY['waiting', 'ringing', 'serving']) AS s (state)
    LEFT JOIN (SELECT desk_id, state, count(*) AS n FROM ticket WHERE state <> 'closed' GROUP BY desk_id, state) live
        ON live.desk_id = d.id AND live.state = s.state
"""
# scope: one duration for each desk
_WAIT = """
    SELECT d.key, extract(epoch FROM (SELECT app_now()) - min(t.enqueued_at)) FROM desk d
    LEFT JOIN ticket t ON t.desk_id = d.id AND t.state = 'waiting' GROUP BY d.key
"""

# scope: instants, of no person
READINGS = [
    Reading("cloudwindow_tickets", "Live tickets at each desk.", ("desk", "state"), _TICKETS),
    Reading("cloudwindow_longest_wait_seconds", "How long the first in a desk's queue has waited.", ("desk",), _WAIT),
    overdue("ring", "SELECT min(expires_at) FROM engagement WHERE state = 'ringing'"),
    overdue("aside", "SELECT min(parked_until) FROM ticket WHERE state = 'parked'"),
    overdue(
        "page",
        "SELECT min(lease_until) FROM ticket WHERE state = 'waiting' OR (state = 'parked' AND callback_at IS NULL)",
    ),
    overdue("wrap-up", "SELECT min(wrap_until) FROM engagement WHERE wrap_until IS NOT NULL"),
]
