"""Who else could take part in a matter that is talked about: asked into the call, or handed the whole of it."""

from uuid import UUID

import asyncpg

from cloudwindow.dispatch.matching import FREE, LEVEL, MAY_TAKE
from cloudwindow.dispatch.schemas import Candidate

INVITE = "invite"
"""The kind of an engagement that somebody was asked into."""

LISTED = 40
"""People of whom one is chosen; more are no choice on one screen."""


def _candidates(flows: str) -> str:
    expert = "f.flow = 'support'"
    # scope: whoever serves the ticket is shown who could be asked
    return f"""
    WITH t AS MATERIALIZED (
        SELECT t.id, t.line, t.flow, t.item_id, i.key AS item_key, r.ladder FROM ticket t
        JOIN item i ON i.id = t.item_id JOIN region r ON r.code = t.region_code WHERE t.id = $1
    ), able AS MATERIALIZED (
        SELECT DISTINCT ON (m.staff_id) m.staff_id, d.id AS desk_id, d.name AS desk, {expert} AS expert,
               array_position(t.ladder, d.region_code) AS near
        FROM t JOIN desk_item n ON n.item_id = t.item_id JOIN desk d ON d.id = n.desk_id
        JOIN desk_member m ON m.desk_id = d.id
        CROSS JOIN LATERAL (SELECT DISTINCT w.flow FROM (VALUES {flows}) AS w (flow)) f
        WHERE d.region_code = ANY (t.ladder) AND f.flow = ANY (d.flows) AND cardinality(d.needs) = 0
          AND m.staff_id <> $2 AND {MAY_TAKE.format(staff="m.staff_id", line="t.line", flow="f.flow")}
        ORDER BY m.staff_id, {expert} DESC, near DESC, d.priority, d.key
    ), found AS MATERIALIZED (
    SELECT a.*, s.name, s.account, o.name AS organisation,
        {LEVEL.format(staff="a.staff_id", item="t.item_key", line="t.line")} AS level,
        CASE WHEN {FREE} THEN 'ready'
             WHEN EXISTS (SELECT 1 FROM engagement e WHERE e.staff_id = a.staff_id AND e.ticket_id = t.id
                          AND e.kind = '{INVITE}' AND e.state = 'accepted') THEN 'here'
             WHEN p.wanted <> 'ready' THEN p.wanted
             WHEN EXISTS (SELECT 1 FROM engagement e WHERE e.staff_id = a.staff_id
                          AND (e.state IN ('ringing', 'accepted') OR e.wrap_until > (SELECT app_now()))) THEN 'busy'
             ELSE 'away' END AS state,
        last.ended AS answer, CASE WHEN last.ended = 'declined' THEN last.reason END AS answer_reason
    FROM t CROSS JOIN able a JOIN staff s ON s.id = a.staff_id JOIN organisation o ON o.id = s.organisation_id
    JOIN presence p ON p.staff_id = a.staff_id
    LEFT JOIN LATERAL (
        SELECT e.state AS ended, e.reason FROM engagement e WHERE e.ticket_id = t.id AND e.staff_id = a.staff_id
        AND e.kind = '{INVITE}' ORDER BY e.offered_at DESC LIMIT 1) last ON last.ended IN ('declined', 'missed')
    WHERE s.status = 'active' AND s.certificate_valid_to >= (SELECT app_now())::date)
    SELECT * FROM found
    ORDER BY expert DESC, near DESC, state NOT IN ('ready', 'here'), state = 'off', level DESC, account LIMIT {LISTED}
"""  # noqa: S608  composed of conditions written in this room


INVITABLE = _candidates("('support'), (t.flow)")
"""Experts of the nearest desk up the ladder that serves `support`, then of those above it, then whoever may take the
ticket itself at a desk of the ladder; the unavailable stay listed, with the reason (model §4)."""

ABLE_TO_TAKE_OVER = _candidates("(t.flow)")
"""Whoever may take the ticket itself at a desk of the ladder, the nearest first."""


async def listed(driver: asyncpg.Connection, which: str, ticket_id: UUID, but: UUID) -> list[Candidate]:
    """List candidates for a ticket that the caller may see, the best first, without one person."""
    rows = await driver.fetch(which, ticket_id, but)
    return [Candidate.model_validate({name: row[name] for name in Candidate.model_fields}) for row in rows]
