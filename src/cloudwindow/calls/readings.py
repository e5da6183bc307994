"""What `/metrics` says of this room."""

from cloudwindow.foundation.readings import Reading, overdue

# scope: numbers of calls, of no person
_CALLS = """
    SELECT state, count(call.id) FROM unnest(ARRAY['connecting', 'connected', 'interrupted']) state
    LEFT JOIN (SELECT id, state FROM call WHERE state <> 'ended') call USING (state) GROUP BY state
"""

# scope: instants, of no person
READINGS = [
    Reading("cloudwindow_calls", "Calls that go on, by state.", ("state",), _CALLS),
    overdue("grace", "SELECT min(grace_until) FROM call WHERE state IN ('connecting', 'interrupted')"),
]
