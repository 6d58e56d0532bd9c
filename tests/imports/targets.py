"""Built-in tables as targets, without a workbook: rows are given as dictionaries by field."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session

from webapp.accounts.models import User
from webapp.datasets.changes import Outcome
from webapp.datasets.taking_back import TakenBack
from webapp.db import reading, writing
from webapp.imports.models import Import, ImportTemplate, TemplateVersion, Upload
from webapp.imports.targets import tables
from webapp.imports.targets.table_target import TableTarget

NOW = datetime(2026, 11, 28, tzinfo=UTC)

Rows = list[dict[str, Any]]


class Importing:
    """Puts rows into a table, as imports do."""

    def __init__(self, name: str, owner: Any, into_id: int | None = None, fields: tuple[str, ...] = ()) -> None:
        built_in = tables.find(name)
        assert built_in is not None
        known = {column.field: column for column in built_in.columns}
        self.columns = [known.get(field) or tables.TemplateColumn(field, field) for field in fields or known]
        self.target = TableTarget(built_in, owner.organization_id, self.columns, into_id)
        self._owner, self._name = owner, name

    def started(self) -> int:
        """The number of a new import."""
        with writing() as session:
            return recorded(session, self._owner.id, self._owner.organization_id, self._name)

    def prepared(self, rows: Rows, absent: tuple[str, ...] = ()) -> Any:
        """The rows made ready, and what is refused; they are numbered from 2."""
        numbered = [(number, [row.get(column.field) for column in self.columns]) for number, row in enumerate(rows, 2)]
        with reading() as session:
            return self.target.prepare(session, numbered, absent)

    def compared(self, rows: Rows, existing: str = "upsert", absent: tuple[str, ...] = ()) -> list[str]:
        """What would become of the rows."""
        ready = self.prepared(rows, absent).rows
        with reading() as session:
            return [fate.becomes for fate in self.target.compare(session, ready, existing)]

    def put(
        self, rows: Rows, existing: str = "upsert", absent: tuple[str, ...] = (), change: int | None = None
    ) -> Outcome:
        """Writes the rows under a new number, or this one."""
        ready, change = self.prepared(rows, absent).rows, change or self.started()
        with writing() as session:
            return self.target.put(session, ready, existing, change, NOW)

    def prospect(self, change: int) -> tuple[int, int, int]:
        """What taking a change back would remove, restore and keep."""
        with reading() as session:
            found = self.target.prospect(session, change)
            return found.removed, found.restored, found.kept

    def taken_back(self, change: int) -> TakenBack:
        """Takes a change back, all at once."""
        with writing() as session:
            return self.target.take_back(session, change, self.target.touched(session, change, 0, 1_000), NOW)


def recorded(session: Session, owner_id: int, organization_id: int, target: str) -> int:
    """The number of a new import of nothing."""
    count = session.query(Import).count()
    upload = Upload(id=f"{count:016}", organization_id=organization_id, owner_id=owner_id, name="book.xlsx")
    upload.size, upload.sha256, upload.created_at = 1, "0" * 64, NOW
    template = ImportTemplate(organization_id=organization_id, target=target, name=f"{target} {count}", created_at=NOW)
    template.versions = [TemplateVersion(number=1, stored_columns="[]", created_at=NOW)]
    record = Import(template=template, version=template.versions[0], upload=upload, sheet="Sheet1", header_row=1)
    record.created_at, record.created_by = NOW, session.get_one(User, owner_id).id
    session.add(record)
    session.flush()
    return record.id
