"""A built-in table as a target of imports: what is the same for all of them, whatever they keep.

Rows are put into documents one after the other, in memory; only what became of the documents is written.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from webapp.datasets.changes import (
    ABSENT,
    CHANGED,
    EXISTS,
    KNOWN,
    NEW,
    REFUSED,
    SKIPPED,
    UNCHANGED,
    Fate,
    NewRow,
    Outcome,
    Prepared,
    Refusal,
)
from webapp.datasets.taking_back import Kept, Prospect, TakenBack
from webapp.sheets import Value

from ..templates.columns import TemplateColumn
from . import history, references
from .history import Changed, Document
from .references import Numbered
from .tables import BuiltIn, Present, Row, Table, exact

AT_A_TIME = 500
"""Documents that are looked at together."""


class TableTarget:
    """A built-in table as a `Target`."""

    def __init__(
        self, built_in: BuiltIn, organization_id: int, columns: Sequence[TemplateColumn], into_id: int | None
    ) -> None:
        self._built_in, self._organization_id, self._columns = built_in, organization_id, columns
        self._table = built_in.open(organization_id, into_id)
        self._fields = {column.field for column in columns}

    def prepare(self, session: Session, rows: Sequence[Numbered], absent: Collection[str] = ()) -> Prepared:
        """As `Target` says; fields in `absent` stay as they are."""
        rows, refused = references.resolve(session, self._organization_id, self._columns, rows)
        named = [self._named(number, values, absent) for number, values in rows]
        refused += self._table.refusals(session, named)
        bad = {refusal.number for refusal in refused}
        return Prepared([self._new_row(row) for row in named if row.number not in bad], refused)

    def compare(self, session: Session, rows: Sequence[NewRow], existing: str) -> list[Fate]:
        """As `Target` says."""
        batch, values = self._batch(session, rows, existing)
        fates = [batch.fate(row.number, each) for row, each in zip(rows, values, strict=True)]
        return [fate._replace(refusal=self._placed(fate.refusal)) if fate.refusal else fate for fate in fates]

    def put(self, session: Session, rows: Sequence[NewRow], existing: str, change: int, _at: datetime) -> Outcome:
        """As `Target` says."""
        history.hold(session, self._organization_id, self._built_in.name)
        batch, values = self._batch(session, rows, existing, change)
        fates = [batch.place(row.number, each) for row, each in zip(rows, values, strict=True)]
        became = Counter(fate.becomes for fate in fates)
        refused = [self._placed(fate.refusal) for fate in fates if fate.refusal is not None]
        outcome = Outcome(became[NEW], became[CHANGED], became[UNCHANGED], became[SKIPPED], refused)
        if changed := self._write(session, batch):
            history.remember(session, change, changed)
            history.grow(session, self._organization_id, self._built_in.name)
        return outcome

    def version(self, session: Session) -> int:
        """As `Target` says; it grows with imports."""
        return history.version_of(session, self._organization_id, self._built_in.name)

    def rows_before(self, _session: Session, _change: int) -> Iterable[tuple[str | None, str]]:
        """As `Target` says: none, for the table's own rules are applied in `put`."""
        return ()

    def touched(self, session: Session, change: int, after: int, limit: int) -> list[int]:
        """As `Target` says, of documents."""
        return history.rows_of(session, change, after, limit)

    def take_back(self, session: Session, change: int, rows: Sequence[int], _at: datetime) -> TakenBack:
        """As `Target` says, of documents: an order is one, however many rows made it."""
        history.hold(session, self._organization_id, self._built_in.name)
        found = self._prospect(session, change, rows, lock=True)
        if found.removed:
            self._table.remove(session, found.removed)
        if found.restored:
            self._table.change(session, found.restored)
        done = [*found.removed, *(there.id for there, _ in found.restored)]
        if done:
            history.forget(session, change, done)
            history.grow(session, self._organization_id, self._built_in.name)
        return TakenBack(len(found.removed), len(found.restored), tuple(self._kept(session, change, found.kept)))

    def prospect(self, session: Session, change: int) -> Prospect:
        """As `Target` says, of documents."""
        removed = restored = kept = after = 0
        while rows := history.rows_of(session, change, after, AT_A_TIME):
            found, after = self._prospect(session, change, rows), rows[-1]
            removed, restored = removed + len(found.removed), restored + len(found.restored)
            kept += len(found.kept)
        return Prospect(removed, restored, kept)

    def _prospect(self, session: Session, change: int, rows: Sequence[int], *, lock: bool = False) -> "_Prospect":
        present = {there.id: there for there in self._table.by_id(session, rows, lock=lock)}
        held, found = self._table.held(session, rows), _Prospect()
        for each in history.changes_of(session, change, rows):
            if (there := present.get(each.row_id)) is None:
                continue
            if history.digest(there.document) != each.after:
                found.kept[there.id] = (self._table.name_of(there.document), None)
            elif (before := history.before_of(each)) is not None:
                found.restored.append((there, before))
            elif there.id in held:
                found.kept[there.id] = (self._table.name_of(there.document), held[there.id])
            else:
                found.removed.append(there.id)
        return found

    def _placed(self, refusal: Refusal) -> Refusal:
        """A refusal over a column that the template has; else over the whole row, with the column's name."""
        if refusal.field is None or refusal.field in self._fields:
            return refusal
        header = next(column.header for column in self._built_in.columns if column.field == refusal.field)
        return refusal._replace(field=None, reason=f"{header} {refusal.reason}")

    def _kept(self, session: Session, change: int, kept: Mapping[int, tuple[str, str | None]]) -> list[Kept]:
        later = history.later_changes(session, change, self._built_in.name, list(kept)) if kept else {}
        return [Kept(row_id, name, later.get(row_id), reason) for row_id, (name, reason) in kept.items()]

    def _named(self, number: int, values: Sequence[Value], absent: Collection[str]) -> Row:
        pairs = zip(self._columns, values, strict=True)
        return Row(
            number,
            self._table.tidied({column.field: exact(value) for column, value in pairs if column.field not in absent}),
        )

    def _new_row(self, row: Row) -> NewRow:
        key = [row.values[field] for field in self._built_in.key]
        return NewRow(row.number, history.encode(key).decode(), history.encode(row.values).decode())

    def _batch(
        self, session: Session, rows: Sequence[NewRow], existing: str, change: int | None = None
    ) -> tuple["_Batch", list[Document]]:
        """The documents that the rows are about, and the rows' values; locked, if a change is about to be made."""
        values = [history.decode(row.data) for row in rows]
        names = {self._table.name_of(each) for each in values}
        present = self._table.by_name(session, names, lock=change is not None) if names else []
        own = history.created(session, change, [each.id for each in present]) if change is not None else set()
        return _Batch(self._built_in, self._table, present, existing, own), values

    def _write(self, session: Session, batch: "_Batch") -> list[Changed]:
        new, known = batch.new(), batch.changed()
        ids = self._table.add(session, new) if new else []
        if known:
            self._table.change(session, known)
        changed = [Changed(there.id, there.document, document) for there, document in known]
        return changed + [Changed(row_id, None, document) for row_id, document in zip(ids, new, strict=True)]


@dataclass
class _Prospect:
    """What taking back comes to: ids to remove, documents and what they were, and by id what is kept, with a reason."""

    removed: list[int] = field(default_factory=list)
    restored: list[tuple[Present, Document]] = field(default_factory=list)
    kept: dict[int, tuple[str, str | None]] = field(default_factory=dict)


class _Batch:
    """The documents that a batch is about, as they are, and as they become row by row."""

    def __init__(
        self, built_in: BuiltIn, table: Table, present: Iterable[Present], existing: str, own: Collection[int]
    ) -> None:
        """`own` are the documents that this very import has created: it changes them, whatever `existing` says."""
        self._own = own
        self._noun, self._table, self._existing = built_in.noun, table, existing
        self._key_field = built_in.key[0]
        self._there = {table.name_of(each.document): each for each in present}
        self._documents = {name: each.document for name, each in self._there.items()}

    def new(self) -> list[Document]:
        """The documents that are not there yet."""
        return [document for name, document in self._documents.items() if name not in self._there]

    def changed(self) -> list[tuple[Present, Document]]:
        """The documents that are there, and become something else."""
        pairs = [(there, self._documents[name]) for name, there in self._there.items()]
        return [(there, document) for there, document in pairs if document is not there.document]

    def place(self, number: int, values: Document) -> Fate:
        """Puts a row in its place, if it may be."""
        fate = self.fate(number, values)
        if fate.becomes in (NEW, CHANGED):
            name = self._table.name_of(values)
            self._documents[name] = self._table.joined(self._documents.get(name), values)
        return fate

    def fate(self, number: int, values: Document) -> Fate:
        """What becomes of a row, if it is the next."""
        name = self._table.name_of(values)
        document = self._documents.get(name)
        part = self._table.part_of(document, values) if document is not None else None
        before = None if part is None else history.encode({field: part.get(field) for field in values}).decode()
        is_own = document is not None and (name not in self._there or self._there[name].id in self._own)
        becomes = self._becomes(values, part, "upsert" if is_own else self._existing)
        if becomes in (EXISTS, ABSENT):
            return Fate(becomes, before, Refusal(number, becomes))
        refusal = self._refusal(number, values, document, part) if becomes in (NEW, CHANGED) else None
        return Fate(REFUSED if refusal else becomes, before, refusal)

    def _becomes(self, values: Document, part: Document | None, existing: str) -> str:
        if part is None:
            return ABSENT if existing == "update" else NEW
        is_same = all(part.get(field) == value for field, value in values.items())
        return UNCHANGED if is_same and existing != "insert" else KNOWN[existing]

    def _refusal(
        self, number: int, values: Document, document: Document | None, part: Document | None
    ) -> Refusal | None:
        """Why a row that is new, or changes what is there, is not taken."""
        if document is not None and (reason := self._table.settled(document)):
            return Refusal(number, "settled", self._key_field, reason)
        for wanted in self._table.wanted(values):
            if values.get(wanted) is None and (part is None or wanted in values):
                reason = "is required" if part else f"is required for a new {self._noun}"
                return Refusal(number, "required", wanted, reason)
        found = (flaw for flaw in self._table.flaws(values) if not part or part.get(flaw.field) != values[flaw.field])
        return next((Refusal(number, flaw.code, flaw.field, flaw.reason) for flaw in found), None)
