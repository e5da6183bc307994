# ruff: noqa: INP001  a script
"""Finds queries that pass by scope (architecture, invariant 7), raw SQL included. `make lint` runs it.

Every table is scoped, or stands in one of the two lists below; one that is in neither fails. In `src/cloudwindow`
each mention of a guarded table — scoped or in `SYSTEM_TABLES` — must

* stand in a query that narrows this very table: `scope.select_visible(actor, M)`, or `scope.visible(actor, M)` as a
  condition of its own in `.where(…)`, in the same expression; or, for a column that a subquery merely compares with,
  in a query around it; or
* carry the escape `# scope: <reason>`, a reason of at least three words that does not point elsewhere (“as above”).

The escape stands on a line of the statement (of a compound statement: of its head), or in the comment lines directly
above it, and covers that one statement. One that excuses nothing is a finding too. A mention is a mapped class outside
imports and annotations, or the table's name after FROM, JOIN, UPDATE, INTO, USING … in any string but a docstring. In a
`scopes.py` conditions may use the columns of the table they are about. `session.refresh(row)` is no mention: the row
is in hand already.
"""

import ast
import io
import re
import sys
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

PUBLIC_TABLES = {
    "calendar_day": "holidays as published",
    "canned_reply": "sentences of the office, of no person",
    "consent_text": "the notice that everybody is shown",
    "counter": "numbers only, of no person",
    "deployment": "one row about the database itself",
    "desk": "queues of service centres, shown to everybody",
    "desk_item": "what a desk serves, shown to everybody",
    "desk_member": "only ids: which desks somebody sits at; the person is in staff, which is scoped",
    "heartbeat": "one row: until when the service was up",
    "implementation": "the catalogue is public",
    "item": "the catalogue is public",
    "opening_hours": "published opening hours",
    "opening_rule": "published opening hours",
    "organisation": "organisations are public",
    "outcome": "the list of outcomes",
    "parameter": "numbers that a standard or an office decides",
    "region": "regions are public",
    "request_count": "how often digests of addresses, phones and cookies asked; of no use to anybody",
    "seal_batch": "counts and digests of what is sealed",
    "site": "places are public",
    "station": "seats are public; who sits there is in presence",
    "version": "guides as published",
}
"""Tables that anybody may read; queries of them are not looked at."""

SYSTEM_TABLES = {
    "audit": "append-only; read by the seal alone",
    "call": "goes with its session and one's own place in it, which are scoped",
    "call_hold": "goes with its call: since when neither hears the other",
    "call_stage": "goes with its call: whose picture is looked at",
    "chat_mark": "goes with its session, which is scoped",
    "chat_message": "goes with its session, which is scoped",
    "consent": "goes with its ticket; written with it, read by nobody yet",
    "device_link": "digests of one person's links; found by the login that made them, or by their secret",
    "event": "read by the stream that the live line gave to the actor",
    "event_stream": "read by the stream that the live line gave to the actor",
    "idempotency": "read by the key within the actor's own login",
    "letter_entry": "goes with its letter, which is scoped",
    "login": "found by the digest of a secret; the actor comes from here",
    "matter": "goes with its session, which is scoped",
    "message": "texts to one person's phone; read by the courier, and by the outbox of a demonstration",
    "phone_code": "digests of one person's codes; found by that account",
    "photo_request": "goes with its call, and so with its session, which is scoped",
    "presence": "goes with its person, who is scoped",
    "presence_change": "goes with its person, who is scoped",
    "pushed": "goes with its session, which is scoped",
    "pushed_page": "goes with its session, which is scoped",
    "recovery_code": "digests of one person's codes; found by the person who signs in",
    "role_grant": "goes with its person; the actor's grants come from here",
    "seal_member": "keys and digests of what is sealed; read by the sealer and by the operator who verifies",
    "second_factor": "one person's encrypted secret; found by the person who signs in",
    "session_event": "evidence, append-only; read by the seal, and what is drawn by who is in the call",
    "signal": "addressed to one place in a call, never listed",
    "skill": "goes with its person; read only by matching",
    "tab_lease": "the open pages; the live line keeps them, matching asks whether there are any",
}
"""Tables about people that have no condition of their own: every query of them says with `# scope:` why it may."""

BUILDERS = {"select", "update", "delete", "insert", "exists", "aliased"}
TABLE_MAKERS = {"table", "Table", "literal_column"}
FROM_METHODS = {"join", "outerjoin", "select_from", "join_from", "outerjoin_from", "add_columns"}
NARROWING = {"where", "filter"}
FEWEST_WORDS = 3
POINTERS = re.compile(r"^(as (above|below|before)|see (above|below|docstring)|ditto)\b", re.IGNORECASE)
_AFTER = re.compile(r"\b(?:FROM|JOIN|UPDATE|INTO|USING|TRUNCATE|COPY|TABLE)\b", re.IGNORECASE)
_LIST_ENDS = re.compile(
    r"\b(?:WHERE|JOIN|ON|ORDER|GROUP|HAVING|LIMIT|SET|VALUES|RETURNING|SELECT|UNION)\b|[;()]", re.IGNORECASE
)
_FILLERS = {"only", "lateral", "public", "table", "if", "exists"}
_HOLE = "\x00"
_DYNAMIC = rf"\b(?:FROM|JOIN|UPDATE|INTO)\s+(?:{_HOLE}|%s|%\(|\{{(?!\{{))|\b(?:FROM|JOIN|INTO)\s*$"
_RUNNERS = {"text", "execute", "executemany", "exec_driver_sql", "scalar", "scalars", "fetch", "fetchrow", "fetchval"}


@dataclass(frozen=True)
class Book:
    """What the linter knows of the tables: mapped classes of guarded tables, and which of these are scoped."""

    models: dict[str, str]
    scoped: frozenset[str]

    def guarded(self) -> set[str]:
        """Every table whose queries are looked at."""
        return set(self.models.values())


@dataclass(frozen=True, order=True)
class Finding:
    """One place that is wrong."""

    path: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}"


@dataclass
class _Escape:
    """A `# scope:` comment and whether it excused something."""

    line: int
    reason: str
    used: bool = False


@dataclass
class _Chain:
    """One query: the calls on its spine from the last back to the builder, and the tables it narrows."""

    spine: list[ast.Call]
    narrowed: set[str] = field(default_factory=set)


class _File:
    """One parsed file."""

    def __init__(self, source: str, path: str, book: Book) -> None:
        self.path, self.book = path, book
        self.tree = ast.parse(source)
        self.parents = {child: node for node in ast.walk(self.tree) for child in ast.iter_child_nodes(node)}
        self.escapes, self.comment_lines = _comments(source)
        self.findings: list[Finding] = []
        self.annotations = _annotation_nodes(self.tree)
        self.names: dict[str, str] = {}
        self.rooms: set[str] = set()
        self.alchemy: set[str] = set()
        self.builders: dict[str, str] = {}
        self.visible: dict[str, str] = {}
        self.scope_modules: set[str] = set()
        self._resolve_names()
        self.is_scopes = Path(path).name == "scopes.py"
        self.chains = self._find_chains()

    def check(self) -> list[Finding]:
        """Return what is wrong in this file."""
        for chain in self.chains.values():
            self._narrow(chain)
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Name | ast.Attribute) and node not in self.annotations:
                self._check_mention(node)
            elif isinstance(node, ast.JoinedStr | ast.Constant):
                self._check_text(node)
            elif isinstance(node, ast.Call):
                self._check_call(node)
        for escape in self.escapes.values():
            self._check_escape(escape)
        return sorted(set(self.findings))

    # Names

    def _resolve_names(self) -> None:
        for node in ast.walk(self.tree):
            if isinstance(node, ast.ImportFrom):
                self._import_from(node)
            elif isinstance(node, ast.Import):
                self._import(node)
            elif isinstance(node, ast.ClassDef) and node.name in self.book.models and node.bases:
                self.names[node.name] = self.book.models[node.name]
        for node in ast.walk(self.tree):  # x = aliased(Ticket) stands for the ticket from then on
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call) and node.value.args:
                table = self._table(node.value.args[0])
                if table and self._builder(node.value) == "aliased":
                    self.names |= {name.id: table for name in node.targets if isinstance(name, ast.Name)}

    def _import(self, node: ast.Import) -> None:
        for alias in node.names:
            local = alias.asname or alias.name.partition(".")[0]
            if alias.name.startswith("sqlalchemy"):
                self.alchemy.add(local)
            elif alias.name.startswith("cloudwindow"):
                self.rooms.add(local)

    def _import_from(self, node: ast.ImportFrom) -> None:
        module = node.module or ""
        for alias in node.names:
            local = alias.asname or alias.name
            if module.startswith("sqlalchemy") and alias.name in BUILDERS | TABLE_MAKERS | {"and_"}:
                self.builders[local] = alias.name
            elif module == "cloudwindow.foundation.scope" and alias.name in {"visible", "select_visible", "declare"}:
                self.visible[local] = alias.name
            elif module == "cloudwindow.foundation" and alias.name == "scope":
                self.scope_modules.add(local)
            elif module.startswith("cloudwindow") and alias.name in self.book.models:
                self.names[local] = self.book.models[alias.name]
            elif module.startswith("cloudwindow"):
                self.rooms.add(local)

    def _table(self, node: ast.AST) -> str | None:
        """The guarded table that a name stands for, `models.Ticket` included."""
        if isinstance(node, ast.Name):
            return self.names.get(node.id)
        if isinstance(node, ast.Attribute) and _first_name(node.value) in self.rooms:
            return self.book.models.get(node.attr)
        return None

    def _builder(self, call: ast.Call) -> str | None:
        """`select` and its like, also as `sa.select`, or `select_visible`."""
        function = call.func
        if isinstance(function, ast.Name) and self.builders.get(function.id) in BUILDERS:
            return self.builders[function.id]
        if (
            isinstance(function, ast.Attribute)
            and _first_name(function.value) in self.alchemy
            and function.attr in BUILDERS
        ):
            return function.attr
        return "select_visible" if self._scope_function(call) == "select_visible" else None

    def _scope_function(self, call: ast.AST) -> str | None:
        if not isinstance(call, ast.Call):
            return None
        if isinstance(call.func, ast.Name):
            return self.visible.get(call.func.id)
        if isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Name):
            return call.func.attr if call.func.value.id in self.scope_modules else None
        return None

    # Queries

    def _find_chains(self) -> dict[ast.Call, _Chain]:
        chains = {}
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call) and self._builder(node):
                spine, last = [node], node
                while isinstance(link := self.parents.get(last), ast.Attribute) and isinstance(
                    call := self.parents.get(link), ast.Call
                ):
                    last = call
                    spine.append(call)
                chains[last] = _Chain(spine)
        return chains

    def _narrow(self, chain: _Chain) -> None:
        root = chain.spine[0]
        if self._builder(root) == "select_visible":
            chain.narrowed |= self._narrowed_by(root)
        for call in chain.spine[1:]:
            if isinstance(call.func, ast.Attribute) and call.func.attr in NARROWING:
                for condition in self._conjuncts(call.args):
                    if self._scope_function(condition) == "visible":
                        chain.narrowed |= self._narrowed_by(condition)

    def _conjuncts(self, conditions: list[ast.expr]) -> Iterator[ast.expr]:
        for condition in conditions:
            if isinstance(condition, ast.BinOp) and isinstance(condition.op, ast.BitAnd):
                yield from self._conjuncts([condition.left, condition.right])
            elif (
                isinstance(condition, ast.Call)
                and isinstance(condition.func, ast.Name)
                and self.builders.get(condition.func.id) == "and_"
            ):
                yield from self._conjuncts(condition.args)
            else:
                yield condition

    def _narrowed_by(self, call: ast.AST) -> set[str]:
        """The table that a call of `visible` narrows; the system as the actor narrows nothing."""
        if not isinstance(call, ast.Call) or len(call.args) != 2:  # noqa: PLR2004  actor and table
            return set()
        actor, table = call.args
        found = self._table(table)
        return {found} if found and found in self.book.scoped and _name_of(actor) != "SYSTEM" else set()

    def _around(self, node: ast.AST) -> Iterator[_Chain]:
        """The queries around a node, the nearest first."""
        here: ast.AST | None = node
        while here is not None and not isinstance(here, ast.stmt):
            if isinstance(here, ast.Call) and here in self.chains:
                yield self.chains[here]
            here = self.parents.get(here)

    def _is_from(self, node: ast.AST, chain: _Chain) -> bool:
        """Whether a mention says what a query reads, rather than what it compares with."""
        child, parent = node, self.parents[node]
        while parent not in chain.spine:
            child, parent = parent, self.parents[parent]
        call = parent
        assert isinstance(call, ast.Call)  # noqa: S101  only calls are on a spine
        if call is chain.spine[0]:
            return True
        method = call.func.attr if isinstance(call.func, ast.Attribute) else ""
        return method in FROM_METHODS and (method == "add_columns" or child is call.args[0])

    def _check_mention(self, node: ast.Name | ast.Attribute) -> None:
        table = self._table(node)
        parent = self.parents.get(node)
        if table is None or isinstance(node.ctx, ast.Store) or isinstance(parent, ast.ClassDef):
            return
        if isinstance(parent, ast.Call) and (
            self._scope_function(parent) in {"visible", "declare"}
            or (isinstance(parent.func, ast.Name) and parent.func.id in {"isinstance", "cast"})
        ):
            return
        if isinstance(parent, ast.Attribute) and parent.attr in {"__table__", "__mapper__"}:
            self._find(node, f"`{parent.attr}` of {table} passes by scope")
            return
        if not self._covered(node, table):
            how = "scope.visible(actor, …)" if table in self.book.scoped else "a `# scope:` reason"
            self._find(node, f"{table} is used without {how}")

    def _covered(self, node: ast.Name | ast.Attribute, table: str) -> bool:
        around = list(self._around(node))
        column = isinstance(self.parents.get(node), ast.Attribute)
        if not around:
            return self.is_scopes and column and table in self.book.scoped
        nearest = around[0]
        if table in nearest.narrowed:
            return True
        if self._is_from(node, nearest):
            return False
        return any(table in chain.narrowed for chain in around) or (self.is_scopes and table in self.book.scoped)

    def _check_call(self, call: ast.Call) -> None:
        """What would read rows under another name: tables by name, relationships; and a system that is the actor."""
        name = _name_of(call.func)
        if name == "relationship":
            self._find(call, "a relationship loads rows without scope")
        first = call.args[0] if call.args else None
        if self._scope_function(call) in {"visible", "select_visible"} and first and _name_of(first) == "SYSTEM":
            self._find(call, "scope for SYSTEM narrows nothing")
        if (
            name in TABLE_MAKERS
            and isinstance(first, ast.Constant)
            and isinstance(first.value, str)
            and first.value.partition(".")[0] in self.book.guarded()
        ):
            self._find(call, f"{first.value} is named without its model")

    # Texts

    def _check_text(self, node: ast.JoinedStr | ast.Constant) -> None:
        parent = self.parents.get(node)
        if isinstance(parent, ast.Expr | ast.JoinedStr | ast.FormattedValue) or node in self.annotations:
            return  # a docstring; a piece of an f-string that is read as a whole
        text = _text_of(node)
        if text is None:
            return
        for table in sorted(_tables_in(text) & self.book.guarded()):
            self._find(node, f"raw SQL on {table}")
        if re.search(_DYNAMIC, text, re.IGNORECASE if self._is_run(node) else 0):
            self._find(node, "raw SQL on a table whose name is put in while running")
        if isinstance(parent, ast.Subscript) and text in self.book.guarded():
            owner = parent.value
            if isinstance(owner, ast.Attribute) and owner.attr in {"tables", "c", "columns"}:
                self._find(node, f"{text} is named without its model")

    def _is_run(self, node: ast.AST) -> bool:
        """Whether a string is handed to the database right here, so that no prose can be meant."""
        while not isinstance(node, ast.stmt):
            node = self.parents[node]
            if isinstance(node, ast.Call) and _name_of(node.func) in _RUNNERS:
                return True
        return False

    # Escapes

    def _find(self, node: ast.AST, message: str) -> None:
        first, last = self._statement_lines(node)
        lines = [*range(first, last + 1)]
        above = first - 1
        while above in self.comment_lines:
            lines.append(above)
            above -= 1
        escapes = [self.escapes[line] for line in lines if line in self.escapes]
        for escape in escapes:
            escape.used = True
        if not escapes:
            self.findings.append(Finding(self.path, getattr(node, "lineno", first), message))

    def _statement_lines(self, node: ast.AST) -> tuple[int, int]:
        """First and last line of the statement around a node; of a compound statement only its head counts."""
        statement: ast.AST = node
        while not isinstance(statement, ast.stmt):
            statement = self.parents[statement]
        first, last = statement.lineno, statement.end_lineno or statement.lineno
        decorators = getattr(statement, "decorator_list", [])
        if decorators:
            first = min(first, decorators[0].lineno)
        if isinstance(statement, ast.Match):
            last = statement.subject.end_lineno or first
        elif body := getattr(statement, "body", None):
            heads = [n for n in ast.walk(statement) if isinstance(n, ast.expr | ast.arg) and n.lineno < body[0].lineno]
            last = max([first, *(n.end_lineno or first for n in heads if (n.end_lineno or 0) < body[0].lineno)])
        return first, last

    def _check_escape(self, escape: _Escape) -> None:
        if len(escape.reason.split()) < FEWEST_WORDS or POINTERS.match(escape.reason):
            self.findings.append(
                Finding(self.path, escape.line, f"`# scope: {escape.reason}` gives no reason of three words or more")
            )
        if not escape.used:
            self.findings.append(Finding(self.path, escape.line, "a `# scope:` comment that excuses nothing"))


def _name_of(node: ast.AST) -> str:
    """The last part of a dotted name."""
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def _first_name(node: ast.AST) -> str:
    """The first part of a dotted name."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def _comments(source: str) -> tuple[dict[int, _Escape], set[int]]:
    """The escapes by line, and the lines that hold nothing but a comment."""
    escapes, alone = {}, set()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type != tokenize.COMMENT:
            continue
        line = token.start[0]
        if token.line.lstrip().startswith("#"):
            alone.add(line)
        if found := re.match(r"#\s*scope:\s*(.*)", token.string):
            escapes[line] = _Escape(line, found[1].strip())
    return escapes, alone


def _annotation_nodes(tree: ast.Module) -> set[ast.AST]:
    """Every node inside an annotation."""
    roots: list[ast.AST | None] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.arg | ast.AnnAssign):
            roots.append(node.annotation)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            roots.append(node.returns)
    return {inner for root in roots if root is not None for inner in ast.walk(root)}


def _text_of(node: ast.JoinedStr | ast.Constant) -> str | None:
    """A string as the database would read it; what an f-string puts in is a hole."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    parts = [str(part.value) if isinstance(part, ast.Constant) else _HOLE for part in node.values]
    return "".join(parts)


def _tables_in(text: str) -> set[str]:
    """The names that stand where SQL names a table, lists after FROM included."""
    found: set[str] = set()
    for keyword in _AFTER.finditer(text):
        rest = text[keyword.end() :]
        end = _LIST_ENDS.search(rest)
        for entry in rest[: end.start() if end else None].split(","):
            words = [word.lower() for word in re.findall(r"\w+", entry)]
            named = next((word for word in words if word not in _FILLERS), None)
            if named:
                found.add(named)
    return found


def check_source(source: str, path: str, book: Book) -> list[Finding]:
    """Return what is wrong in one file."""
    return _File(source, path, book).check()


def check_tables(tables: set[str], scoped: set[str]) -> list[str]:
    """Return what is wrong with the lists: every table stands in exactly one, and each entry is a table."""
    listed = [("scoped", scoped), ("PUBLIC_TABLES", set(PUBLIC_TABLES)), ("SYSTEM_TABLES", set(SYSTEM_TABLES))]
    wrong = []
    for table in sorted(tables | {name for _, names in listed for name in names}):
        places = [place for place, names in listed if table in names]
        if table not in tables:
            wrong.append(f"{table} stands in {places[0]} and is no table")
        elif not places:
            wrong.append(f"{table} declares no scope and stands in neither PUBLIC_TABLES nor SYSTEM_TABLES")
        elif len(places) > 1:
            wrong.append(f"{table} stands in {' and '.join(places)}")
    return wrong


def read_book() -> tuple[Book, list[str]]:
    """Load the rooms: the book of their tables, and what is wrong with the lists."""
    from cloudwindow import tables  # noqa: PLC0415  the checks above need none of it
    from cloudwindow.foundation.database import Base  # noqa: PLC0415
    from cloudwindow.foundation.scope import scoped_tables  # noqa: PLC0415

    tables.load()
    scoped = set(scoped_tables())
    names = {mapper.class_.__name__: str(mapper.class_.__tablename__) for mapper in Base.registry.mappers}
    guarded = {name: table for name, table in names.items() if table in scoped | set(SYSTEM_TABLES)}
    return Book(guarded, frozenset(scoped)), check_tables(set(Base.metadata.tables), scoped)


def main(root: Path) -> int:
    """Check every file of the package; print what is wrong and return 1, or 0 when nothing is."""
    book, wrong = read_book()
    for path in sorted((root / "src" / "cloudwindow").rglob("*.py")):
        name = path.relative_to(root).as_posix()
        wrong += map(str, check_source(path.read_text(encoding="utf-8"), name, book))
    for line in wrong:
        sys.stdout.write(f"{line}\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(Path(__file__).resolve().parent.parent))
