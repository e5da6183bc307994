"""What `/metrics` says of this room."""

from cloudwindow.foundation.readings import Reading

# scope: numbers of people, of no person
_CLERKS = """
    SELECT wanted, tab, count(p.staff_id) FROM unnest(ARRAY['ready', 'break', 'off']) wanted
    CROSS JOIN unnest(ARRAY['live', 'lost']) tab
    LEFT JOIN (
        SELECT staff_id, wanted, CASE WHEN EXISTS (
            SELECT FROM tab_lease l WHERE l.staff_id = presence.staff_id AND l.lease_until > (SELECT app_now()))
            THEN 'live' ELSE 'lost' END AS tab
        FROM presence) p USING (wanted, tab)
    GROUP BY wanted, tab
"""

READINGS = [
    Reading(
        "cloudwindow_clerks",
        "Clerks by what they want and whether a page of theirs is open; only ready and live are rung.",
        ("presence", "tab"),
        _CLERKS,
    )
]
