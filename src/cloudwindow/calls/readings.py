"""What `/metrics` says of this room."""

from cloudwindow.calls.models_quality import CAUSES
from cloudwindow.foundation.readings import Reading, overdue

_NAMES = ", ".join(f"'{cause}'" for cause in ("none", *CAUSES))

# scope: numbers of calls, of no person
_CALLS = """
    SELECT state, count(call.id) FROM unnest(ARRAY['connecting', 'connected', 'interrupted']) state
    LEFT JOIN (SELECT id, state FROM call WHERE state <> 'ended') call USING (state) GROUP BY state
"""

# scope: numbers of page loads, of no person
_SETUPS = f"""
    SELECT known, count(q.call_id) FROM unnest(ARRAY[{_NAMES}]) known
    LEFT JOIN call_quality q ON coalesce(q.cause, 'none') = known AND q.call_started_at > app_now() - interval '1 day'
    GROUP BY known
"""  # noqa: S608  our own words

# scope: instants, of no person
READINGS = [
    Reading("cloudwindow_calls", "Calls that go on, by state.", ("state",), _CALLS),
    Reading(
        "cloudwindow_call_setups_day",
        "Reports of pages in calls of the last 24 hours by why the setup failed; none: it did not.",
        ("cause",),
        _SETUPS,
    ),
    overdue("grace", "SELECT min(grace_until) FROM call WHERE state IN ('connecting', 'interrupted')"),
]
