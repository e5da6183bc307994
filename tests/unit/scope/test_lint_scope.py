"""The scope linter: each way past scope is found, each proper way and each escape is not."""

from pathlib import Path
from textwrap import dedent

import pytest

from scripts import lint_scope
from scripts.lint_scope import Book, check_source, check_tables

ROOT = Path(__file__).resolve().parents[3]
BOOK = Book({"Ticket": "ticket", "Staff": "staff", "Login": "login"}, frozenset({"ticket", "staff"}))

HEAD = """
import sqlalchemy as sa
from sqlalchemy import and_, delete, exists, func, insert, select, select as pick, table, text, update
from sqlalchemy.orm import aliased, relationship
import cloudwindow.dispatch.models
from cloudwindow.dispatch import Desk, Ticket, Ticket as Number, models
from cloudwindow.foundation import scope
from cloudwindow.foundation import scope as sc
from cloudwindow.foundation.authentication import SYSTEM
from cloudwindow.foundation.models import Login
from cloudwindow.foundation.scope import select_visible, visible
from cloudwindow.people import Staff
"""
LINES = HEAD.count("\n")


def findings(snippet: str, path: str = "src/cloudwindow/dispatch/queries.py") -> list[str]:
    found = check_source(HEAD + dedent(snippet).strip("\n") + "\n", path, BOOK)
    return [f"{finding.line - LINES}: {finding.message}" for finding in found]


@pytest.mark.parametrize(
    "snippet",
    [
        "q = select(Ticket)",
        "q = select(Ticket.id).where(Ticket.id == x)",
        "q = pick(Ticket.id)",
        "q = sa.select(Ticket.id)",
        "q = select(Number)",
        "q = select(models.Ticket)",
        "q = select(cloudwindow.dispatch.models.Ticket.id)",
        "q = select(func.count()).select_from(Ticket)",
        "q = select(func.count()).where(Ticket.state == 'waiting')",
        "q = select(Desk).join(Ticket, Ticket.desk_id == Desk.id)",
        "q = select(Desk).outerjoin(Ticket)",
        "q = update(Ticket).values(state='closed')",
        "q = delete(Ticket)",
        "q = insert(Ticket).values(id=x)",
        "q = insert(Desk).from_select(['id'], select(Ticket.id))",
        "q = exists(select(Ticket.id))",
        "q = select(Desk).where(Desk.id.in_(select(Ticket.desk_id)))",
        "q = select(Desk).where(select(Ticket.id).where(Ticket.desk_id == Desk.id).exists())",
        "q = session.get(Ticket, x)",
        "q = session.get_one(Ticket, x)",
        "q = session.query(Ticket)",
        "q = session.add(Ticket(id=x))",
        "tables = [(Ticket, rows)]",
        "condition = Ticket.state == 'waiting'",
        "q = Ticket.__table__.select()",
        "q = metadata.tables['ticket'].select()",
        "q = table('ticket')",
        "owner = relationship('Account')",
    ],
)
def test_a_query_without_scope_is_found(snippet: str) -> None:
    assert findings(snippet)


@pytest.mark.parametrize(
    "snippet",
    [
        "q = scope.select_visible(actor, Ticket).where(Ticket.id == x)",
        "q = select_visible(actor, Ticket)",
        "q = sc.select_visible(actor, Number)",
        "q = select(Ticket.id).where(scope.visible(actor, Ticket), Ticket.id == x)",
        "q = select(Ticket.id).where(Ticket.id == x).where(visible(actor, Ticket)).limit(1)",
        "q = select(Ticket.id).where(scope.visible(actor, Ticket) & (Ticket.id == x))",
        "q = select(Ticket.id).where(and_(scope.visible(actor, Ticket), Ticket.id == x))",
        "q = update(Ticket).where(scope.visible(tx.actor, Ticket)).values(state='closed')",
        "q = select(Desk).join(Ticket, Ticket.desk_id == Desk.id).where(scope.visible(actor, Ticket))",
        "q = select(func.count()).select_from(Ticket).where(scope.visible(actor, Ticket))",
        "q = select(Ticket).where(scope.visible(actor, Ticket), select(Desk.id).where(Desk.id == Ticket.x).exists())",
        "q = select(Desk).where(Desk.id == x)",
        "def show(ticket: Ticket, more: list[Ticket]) -> Ticket | None:\n    return isinstance(ticket, Ticket)",
        "ticket: Ticket = row[0]",
        "session.refresh(row)",
        '"""This tells of rows FROM ticket."""',
        "words = 'the ticket from the staff of a desk'",
        "name = f'{ticket}: from {place}'",
    ],
)
def test_a_query_with_scope_is_not(snippet: str) -> None:
    assert findings(snippet) == []


@pytest.mark.parametrize(
    "snippet",
    [
        # another table's scope, or only one of two
        "q = select(Ticket).where(scope.visible(actor, Staff))",
        "q = select(Ticket, Staff).where(scope.visible(actor, Ticket))",
        "q = scope.select_visible(actor, Ticket).join(Staff, Staff.id == Ticket.id)",
        # a condition that does not narrow
        "q = select(Ticket).where(scope.visible(actor, Ticket) | (Ticket.id == x))",
        "q = select(Ticket).where(~scope.visible(actor, Ticket))",
        "q = select(Ticket).order_by(scope.visible(actor, Ticket))",
        "q = select(Ticket, scope.visible(actor, Ticket))",
        # the narrowed query is another one
        "q = select(Ticket.id).where(Ticket.id.in_(select(Ticket.id).where(scope.visible(actor, Ticket))))",
        "q = select(Ticket).where(scope.visible(actor, Ticket), Ticket.id.in_(select(Ticket.id)))",
        "mine = scope.visible(actor, Ticket)\nq = select(Ticket).where(mine)",
        "q = select(Ticket)\nq = q.where(scope.visible(actor, Ticket))",
        # the system sees everything
        "q = scope.select_visible(SYSTEM, Ticket)",
        "q = select(Ticket).where(scope.visible(SYSTEM, Ticket))",
        # another function of the same name
        "q = select(Ticket).where(other.visible(actor, Ticket))",
        # an alias is the table again
        "other = aliased(Ticket)",
        "other = aliased(Ticket)  # scope: compared with oneself only\nq = select(other.id)",
        # tables that have no condition of their own
        "q = select(Login).where(scope.visible(actor, Login))",
        "q = select(Login.id)",
    ],
)
def test_what_only_looks_like_scope_is_found(snippet: str) -> None:
    assert findings(snippet)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM ticket",
        "select * from ticket where id = $1",
        "SELECT 1 FROM desk d JOIN ticket t ON t.desk_id = d.id",
        "SELECT 1 FROM desk d, ticket t WHERE t.desk_id = d.id",
        "SELECT 1 FROM desk d LEFT JOIN LATERAL (SELECT 1 FROM ticket) t ON true",
        "UPDATE ticket SET state = 'closed'",
        "UPDATE ONLY ticket SET state = 'closed'",
        "UPDATE desk d SET name = t.number FROM ticket t",
        "DELETE FROM ticket",
        "DELETE FROM desk USING ticket",
        "INSERT INTO ticket (id) VALUES ($1)",
        "INSERT INTO desk SELECT id FROM ticket",
        "WITH t AS (SELECT id FROM public.ticket) SELECT * FROM t",
        'SELECT * FROM "ticket"',
        'SELECT * FROM "public"."ticket"',
        "MERGE INTO ticket USING desk ON true WHEN MATCHED THEN DELETE",
        "TRUNCATE ticket",
        "COPY ticket TO STDOUT",
        "TABLE ticket",
        "SELECT *\n  FROM\n  ticket",
        "SELECT secret FROM login",
    ],
)
@pytest.mark.parametrize(
    "how", ["q = text({0!r})", "Q = {0!r}", "driver.fetch(f{0!r})", "SWEEPS = [Sweep('due', {0!r}, act)]"]
)
def test_raw_sql_is_found(sql: str, how: str) -> None:
    assert findings(how.format(sql))


@pytest.mark.parametrize(
    "snippet",
    [
        "q = text(f'SELECT * FROM {name}')",
        "q = text(f'select * from {name}')",
        "Q = f'SELECT * FROM {Model.__tablename__} WHERE id = $1'",
        "Q = 'DELETE FROM ' + name",
        "Q = 'SELECT * FROM %s' % name",
        "Q = 'SELECT * FROM {}'.format(name)",
        "Q = 'SELECT * FROM {table}'.format(table=name)",
    ],
)
def test_a_table_whose_name_is_put_in_while_running_is_found(snippet: str) -> None:
    assert findings(snippet)


@pytest.mark.parametrize(
    "snippet",
    [
        "Q = 'SELECT * FROM desk'",
        "Q = 'SELECT extract(epoch FROM taken_at) FROM desk FOR UPDATE OF desk'",
        "Q = 'SELECT * FROM tickets'",
        "Q = f'SELECT 1 FROM desk d WHERE {FREE} ORDER BY {order}'",
    ],
)
def test_raw_sql_on_other_tables_is_not(snippet: str) -> None:
    assert findings(snippet) == []


@pytest.mark.parametrize(
    "snippet",
    [
        "q = select(Ticket)  # scope: a count that everybody sees",
        "# scope: a count that everybody sees\nq = select(Ticket)",
        "# scope: a count that everybody sees,\n# as the standard asks\nq = select(Ticket)",
        "# another remark\n# scope: a count that everybody sees\nq = select(Ticket)",
        "q = (\n    select(Ticket)\n    .where(Ticket.id == x)  # scope: a count that everybody sees\n    .limit(1)\n)",
        "Q = '''\n  SELECT * FROM ticket\n'''  # scope: a count that everybody sees",
        "# scope: the sweeper's own work\nSWEEPS = [\n    'SELECT id FROM ticket',\n    'SELECT id FROM staff',\n]",
        "async def f():\n    # scope: a count that everybody sees\n    return await session.scalar(select(Ticket))",
        "for t in session.scalars(select(Ticket)):  # scope: a count that everybody sees\n    pass",
        "# scope: a count that everybody sees\nif session.get(Ticket, x):\n    pass",
        "def f(\n    model=Ticket,  # scope: a count that everybody sees\n):\n    pass",
        "#scope: a count that everybody sees\nq = select(Ticket)",
        "q = scope.select_visible(SYSTEM, Ticket)  # scope: the sweeper's own work",
    ],
)
def test_an_escape_with_a_reason_excuses_its_statement(snippet: str) -> None:
    assert findings(snippet) == []


@pytest.mark.parametrize(
    "snippet",
    [
        # above, but not directly
        "# scope: a count that everybody sees\n\nq = select(Ticket)",
        "# scope: a count that everybody sees\ny = 1\nq = select(Ticket)",
        # below, or inside the body of what it is about
        "q = select(Ticket)\n# scope: a count that everybody sees",
        "for t in session.scalars(select(Ticket)):\n    pass  # scope: a count that everybody sees",
        # at the statement before, or at the function as a whole
        "y = 1  # scope: a count that everybody sees\nq = select(Ticket)",
        "# scope: a count that everybody sees\ndef f():\n    return select(Ticket)",
        "def f():  # scope: a count that everybody sees\n    return select(Ticket)",
        # one escape, two statements
        "# scope: a count that everybody sees\nq = select(Ticket)\nr = select(Ticket)",
        # no reason, or none of its own
        "q = select(Ticket)  # scope:",
        "q = select(Ticket)  # scope: own row",
        "q = select(Ticket)  # scope: as above in this function",
        "q = select(Ticket)  # scope: see above for it",
        # in a string, not in a comment; under another word
        "q = select(Ticket), '# scope: a count that everybody sees'",
        "q = select(Ticket)  # noqa: a count that everybody sees",
        "q = select(Ticket)  # a note about scope: a count that everybody sees",
    ],
)
def test_an_escape_elsewhere_or_without_a_reason_excuses_nothing(snippet: str) -> None:
    assert findings(snippet)


@pytest.mark.parametrize(
    "snippet",
    [
        "q = select(Desk)  # scope: desks are shown to everybody",
        "q = scope.select_visible(actor, Ticket)  # scope: the owner of the ticket",
        "# scope: nothing stands below this comment",
    ],
)
def test_an_escape_that_excuses_nothing_is_found(snippet: str) -> None:
    assert any("excuses nothing" in finding for finding in findings(snippet))


SCOPES = "src/cloudwindow/dispatch/scopes.py"


def test_conditions_may_use_their_columns_in_a_scopes_file_only() -> None:
    condition = """
    def _ticket(actor):
        run = select(Desk.id).where(Desk.id == Ticket.desk_id).correlate(Ticket)
        return (Ticket.account_id == actor.id) | run.exists()
    scope.declare(Ticket, _ticket)
    """
    assert findings(condition, SCOPES) == []
    assert findings(condition)


def test_a_scopes_file_may_not_read_rows_without_scope() -> None:
    assert findings("own = select(Staff.organisation_id).where(Staff.id == actor.id)", SCOPES)
    assert findings("own = select(Staff.id).where(scope.visible(actor, Staff))", SCOPES) == []
    assert findings("q = session.get(Ticket, x)", SCOPES)
    assert findings("q = Login.staff_id == actor.id", SCOPES)


def test_a_finding_names_the_place_and_the_table() -> None:
    assert findings("y = 1\nq = (\n    select(Ticket)\n)") == ["3: ticket is used without scope.visible(actor, …)"]
    assert findings("Q = 'SELECT 1 FROM staff'") == ["1: raw SQL on staff"]


def test_a_new_table_without_an_entry_is_found() -> None:
    scoped = {"ticket"}
    known = scoped | set(lint_scope.PUBLIC_TABLES) | set(lint_scope.SYSTEM_TABLES)
    assert check_tables(known, scoped) == []
    assert check_tables(known | {"complaint"}, scoped) == [
        "complaint declares no scope and stands in neither PUBLIC_TABLES nor SYSTEM_TABLES"
    ]
    assert check_tables(known - {"login"}, scoped) == ["login stands in SYSTEM_TABLES and is no table"]
    assert check_tables(known, scoped | {"login"}) == ["login stands in scoped and SYSTEM_TABLES"]
    reasons = {**lint_scope.PUBLIC_TABLES, **lint_scope.SYSTEM_TABLES}.values()
    assert all(len(reason.split()) >= lint_scope.FEWEST_WORDS for reason in reasons)


def test_the_product_passes(capsys: pytest.CaptureFixture[str]) -> None:
    assert lint_scope.main(ROOT) == 0, capsys.readouterr().out


def test_a_file_that_leaks_fails_the_whole(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    room = tmp_path / "src" / "cloudwindow" / "cases"
    room.mkdir(parents=True)
    (room / "queries.py").write_text("ALL = 'SELECT * FROM ticket'\n", encoding="utf-8")
    assert lint_scope.main(tmp_path) == 1
    assert capsys.readouterr().out == "src/cloudwindow/cases/queries.py:1: raw SQL on ticket\n"
