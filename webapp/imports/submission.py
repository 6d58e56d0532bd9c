"""Taking a workbook in and starting its import: what the pages and the commands have in common."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import PurePath
from typing import BinaryIO, Literal, Protocol

from sqlalchemy.orm import Session

from webapp.db import reading, writing
from webapp.jobs import Job, submitted
from webapp.sheets import Converter, WorkbookReport, inspect_workbook

from . import uploads
from .checks.jobs import start_check
from .errors import UploadGone
from .jobs import recorded, room_of, start, tidy_uploads, uploads_folder, workbook_limits
from .mapping import service as mapping
from .mapping.service import Decided, header_row_in
from .models import ImportTemplate, Upload
from .running.plans import VALID_ROWS
from .templates import service as templates
from .templates.columns import TemplateColumn


class Owner(Protocol):
    """Whoever uploads: the person who is signed in, or the one that a command names."""

    id: int
    organization_id: int


@contextmanager
def received(source: BinaryIO, name: str, owner: Owner) -> Iterator[tuple[Upload, WorkbookReport]]:
    """Stores a workbook and looks into it. Its file stays only if the block ends without an error.

    Raises WorkbookRefused or QuotaReached.
    """
    tidy_uploads()
    with reading() as session:
        room = room_of(session, owner.id)
    upload = uploads.store(uploads_folder(), source, name, owner.organization_id, owner.id, datetime.now(UTC), room)
    try:
        yield upload, inspect(upload)
    except BaseException:
        uploads.remove(uploads_folder(), upload)
        raise


def inspect(
    upload: Upload,
    sheet: str | None = None,
    header_row: int | None = None,
    hidden: Literal["include", "skip"] = "include",
) -> WorkbookReport:
    """What is in the workbook, or in this sheet of it, below this row. Raises UploadGone, or WorkbookRefused."""
    path = uploads.path_of(uploads_folder(), upload)
    if path is None:
        raise UploadGone(name=upload.name)
    return inspect_workbook(path, sheet=sheet, header_row=header_row, limits=workbook_limits(), hidden=hidden)


def inspect_for(template: ImportTemplate, upload: Upload, report: WorkbookReport) -> WorkbookReport:
    """What the template sees of a workbook, of which `report` is about the first sheet: what is in the sheet that it
    names, where the workbook has that, without what is hidden, where it asks for that; below the row that has the most
    of the template's names.
    """
    names = [visible.name for visible in report.sheets]
    sheet = template.version.sheet if template.version.sheet in names else report.sheet
    if sheet != report.sheet or template.version.hidden != "include":
        report = inspect(upload, sheet=sheet, hidden=template.version.hidden)
    row = header_row_in(report.top, template.columns)
    if row is None or row == report.header.row:
        return report
    return inspect(upload, sheet=sheet, header_row=row, hidden=template.version.hidden)


def import_by(
    template: ImportTemplate, upload: Upload, report: WorkbookReport, owner: Owner, key: str | None = None,
    mode: str = VALID_ROWS, *, check_first: bool = False, decided: Decided | None = None,
) -> Job:  # fmt: skip
    """Keeps the upload and starts its import by a known template, or its check, with its columns used as `decided` or
    as their names say.

    Raises WorkbookRefused, TooManyRowsAtOnce or TooManyActiveJobs.
    """
    Converter(template.columns, report.header, decided)
    with writing() as session:
        if key and (known := submitted(session, owner.id, key)):
            uploads.remove(uploads_folder(), upload)
            return known
        session.add(upload)
        return _begin(session, session.merge(template, load=False), upload, report, key, check_first, mode, decided)


def import_as_decided(
    template: ImportTemplate, upload_id: str, report: WorkbookReport, owner: Owner, decided: Decided,
    key: str | None = None, *, check_first: bool = False,
) -> Job:  # fmt: skip
    """Starts the import, or the check, of an upload that is kept already, and remembers how its columns are used.

    Raises WorkbookRefused, UploadGone or TooManyActiveJobs; nothing is stored then.
    """
    Converter(template.columns, report.header, decided)
    with writing() as session:
        if key and (known := submitted(session, owner.id, key)):
            return known
        upload = _kept(session, owner, upload_id)
        mapping.remember(session, template.id, report.header, decided, datetime.now(UTC))
        return _begin(session, session.merge(template, load=False), upload, report, key, check_first, decided=decided)


def import_by_new(
    upload_id: str, report: WorkbookReport, owner: Owner, *, name: str, dataset: str,
    columns: Sequence[TemplateColumn], key: str | None, check_first: bool = False,
) -> Job:  # fmt: skip
    """Makes a template and starts the import of an upload by it, or its check, once for each `key` however often it is
    asked.

    Raises TemplateNameTaken, DatasetError, UploadGone or TooManyActiveJobs; nothing is stored then.
    """
    with writing() as session:
        if key and (known := submitted(session, owner.id, key)):
            return known
        upload = _kept(session, owner, upload_id)
        template = make_template(
            session, report, owner.organization_id, owner.id, name=name, dataset=dataset, columns=columns
        )
        _remember_left_out(session, template, report)
        return _begin(session, template, upload, report, key, check_first)


def make_template(
    session: Session, report: WorkbookReport, organization_id: int, created_by: int | None, *, name: str, dataset: str,
    columns: Sequence[TemplateColumn],
) -> ImportTemplate:  # fmt: skip
    """Makes a template for workbooks like the one reported on. Raises TemplateNameTaken or DatasetError."""
    return templates.create(
        session, organization_id=organization_id, created_by=created_by, name=name.strip(), dataset=dataset.strip(),
        sheet=report.sheet, columns=columns, at=datetime.now(UTC),
    )  # fmt: skip


def _begin(
    session: Session, template: ImportTemplate, upload: Upload, report: WorkbookReport, key: str | None, check: bool,
    mode: str = VALID_ROWS, decided: Decided | None = None,
) -> Job:  # fmt: skip
    record = recorded(session, template, upload, report, mode, decided)
    return start_check(session, record, key) if check else start(session, record, key, report.rows_counted)


def _kept(session: Session, owner: Owner, upload_id: str) -> Upload:
    upload = uploads.find(session, owner.id, upload_id)
    if upload is None or upload.stored_as is None:
        raise UploadGone(name=upload.name if upload else "")
    return upload


def _remember_left_out(session: Session, template: ImportTemplate, report: WorkbookReport) -> None:
    """Columns that were left out when a template was made from a workbook are not asked about in the next one."""
    proposal = mapping.propose(template.columns, report.header)
    if not proposal.is_clear:
        mapping.remember(session, template.id, report.header, proposal.mapping, template.created_at)


def name_for(upload: Upload) -> str:
    """What a template made from this workbook may be called: its name without the ending."""
    return PurePath(upload.name).stem[:200] or "Workbook"
