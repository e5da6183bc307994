"""What must hold in the rows at any moment: each query finds what is wrong, so each must find nothing."""

from uuid import UUID

from sqlalchemy import text

from tests.integration.kills.steady import Steady
from tests.support.city import City

WRONG = {
    "a clerk with two live engagements": """
        SELECT staff_id FROM engagement WHERE state IN ('ringing', 'accepted') GROUP BY 1 HAVING count(*) > 1
    """,
    "a ticket served or rung for by two": """
        SELECT ticket_id FROM engagement WHERE kind = 'serve' AND state IN ('ringing', 'accepted')
        GROUP BY 1 HAVING count(*) > 1
    """,
    "an account with two live tickets": """
        SELECT account_id FROM ticket WHERE state <> 'closed' GROUP BY 1 HAVING count(*) > 1
    """,
    "a ticket whose state is not its engagement's": """
        SELECT t.number, t.state, e.state FROM ticket t
        LEFT JOIN engagement e ON e.ticket_id = t.id AND e.kind = 'serve' AND e.state IN ('ringing', 'accepted')
        WHERE CASE t.state WHEN 'ringing' THEN 'ringing' WHEN 'serving' THEN 'accepted' END
              IS DISTINCT FROM e.state
    """,
    "a ticket whose state is not its session's": """
        SELECT t.number, t.state, s.state FROM ticket t LEFT JOIN session s ON s.ticket_id = t.id
        WHERE CASE t.state WHEN 'serving' THEN s.state IS DISTINCT FROM 'open'
                           WHEN 'closed' THEN s.state = 'open' END
    """,
    "an agreed callback that does not come to the head at its time": """
        SELECT number FROM ticket WHERE state = 'parked' AND callback_at IS NOT NULL
            AND (parked_until IS DISTINCT FROM callback_at OR callback_tries > 2)
    """,
    "a session being served without exactly one live call, or any other with one": """
        SELECT s.number, s.state, t.state, count(c.id) FROM session s JOIN ticket t ON t.id = s.ticket_id
        LEFT JOIN call c ON c.session_id = s.id AND c.state <> 'ended'
        GROUP BY s.id, t.id HAVING count(c.id) <> (s.state = 'open' AND t.state = 'serving')::int
    """,
    "a session served by another than its engagement's clerk": """
        SELECT s.number FROM session s JOIN engagement e ON e.ticket_id = s.ticket_id AND e.state = 'accepted'
        WHERE e.kind = 'serve' AND e.staff_id <> s.clerk_id
    """,
    "a call that has not its citizen and its clerk": """
        SELECT call_id FROM call_participant WHERE side <> 'invited' AND left_at IS NULL GROUP BY 1 HAVING count(*) <> 2
    """,
    "a call with more than four, those included who are rung for it": """
        SELECT c.id FROM call c JOIN session s ON s.id = c.session_id WHERE c.state <> 'ended' AND (
            SELECT count(*) FROM call_participant p WHERE p.call_id = c.id AND p.left_at IS NULL) + (
            SELECT count(*) FROM engagement e
            WHERE e.ticket_id = s.ticket_id AND e.kind = 'invite' AND e.state = 'ringing') > 4
    """,
    "an invitation to no live call": """
        SELECT e.id FROM engagement e WHERE e.kind = 'invite' AND e.state IN ('ringing', 'accepted') AND NOT EXISTS (
            SELECT 1 FROM session s JOIN call c ON c.session_id = s.id AND c.state <> 'ended'
            WHERE s.ticket_id = e.ticket_id)
    """,
    "somebody invited without a place in the call, or with a place that nobody invited to": """
        SELECT p.staff_id, e.staff_id
        FROM (SELECT p.staff_id, s.ticket_id FROM call_participant p JOIN call c ON c.id = p.call_id
              JOIN session s ON s.id = c.session_id WHERE p.side = 'invited' AND p.left_at IS NULL) p
        FULL JOIN (SELECT staff_id, ticket_id FROM engagement WHERE kind = 'invite' AND state = 'accepted') e
            USING (staff_id, ticket_id)
        WHERE p.staff_id IS NULL OR e.staff_id IS NULL
    """,
    "ticket numbers with a gap": """
        SELECT t.taken_desk_id, count(*), max(ltrim(t.number, '云A')::int), c.value FROM ticket t
        LEFT JOIN counter c ON c.name = 'ticket:' || t.taken_desk_id || ':' || t.day
        GROUP BY t.taken_desk_id, t.day, c.value
        HAVING count(*) IS DISTINCT FROM max(ltrim(t.number, '云A')::int) OR count(*) IS DISTINCT FROM c.value
    """,
    "session numbers with a gap": """
        SELECT c.name FROM counter c WHERE c.name LIKE 'session:%'
            AND c.value <> (SELECT count(*) FROM session WHERE number LIKE '%-' || right(c.name, 8) || '-%')
    """,
    "a ticket without its one consent": """
        SELECT t.number FROM ticket t LEFT JOIN consent c ON c.ticket_id = t.id GROUP BY t.id HAVING count(c.id) <> 1
    """,
    "a ticket whose taking is not on record once": """
        SELECT t.number FROM ticket t LEFT JOIN audit a ON a.subject_id = t.id AND a.action = 'ticket.take'
        GROUP BY t.id HAVING count(a.id) <> 1
    """,
    "a stream with a gap": """
        SELECT s.stream, s.last_seq, count(e.seq), min(e.seq), max(e.seq) FROM event_stream s
        LEFT JOIN event e ON e.stream = s.stream GROUP BY s.stream
        HAVING (count(e.seq), min(e.seq), max(e.seq)) IS DISTINCT FROM (s.last_seq, 1::bigint, s.last_seq)
    """,
    "a letter that waits for whoever wrote last, or is answered by nobody": """
        SELECT l.id, l.state FROM letter l WHERE l.state <> 'withdrawn' AND (l.state = 'answered') IS DISTINCT FROM (
            SELECT e.staff_id IS NOT NULL FROM letter_entry e WHERE e.letter_id = l.id
            AND e.withdrawn_at IS NULL ORDER BY e.at DESC, e.id DESC
            LIMIT 1)
    """,
    "a letter for a number that still waits": """
        SELECT t.number FROM letter l JOIN ticket t ON t.id = l.ticket_id WHERE t.state <> 'closed'
    """,
    "evidence with a gap": """
        SELECT session_id FROM session_event GROUP BY 1 HAVING count(*) <> max(seq) OR min(seq) <> 1
    """,
    "an account's last ticket event that is not the row": """
        SELECT t.number, t.state, e.data FROM ticket t JOIN LATERAL (
            SELECT data FROM event WHERE stream = 'account:' || t.account_id AND type = 'ticket'
            ORDER BY seq DESC LIMIT 1) e ON true
        WHERE t.state <> 'closed' AND (e.data ->> 'id', e.data ->> 'state') <> (t.id::text, t.state)
    """,
}


async def check(city: City) -> None:
    """Find nothing wrong."""
    async with city.database.reading() as rows:
        for what, query in WRONG.items():
            found = [tuple(row) for row in await rows.execute(text(query))]
            assert not found, f"{what}: {found}"


async def check_answers(city: City, clients: list[Steady]) -> None:
    """Every answer that a client got is the one that is kept under its key."""
    async with city.database.reading() as rows:
        kept = {row.key: row.response for row in await rows.execute(text("SELECT key, response FROM idempotency"))}
    for client in clients:
        for key, path, answer in client.answers:
            assert kept.get(UUID(key)) == answer, f"{path}: answered {answer}, kept {kept.get(UUID(key))}"
