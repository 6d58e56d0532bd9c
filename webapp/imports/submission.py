"""Taking a workbook in and starting its import: what the pages and the commands have in common."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import PurePath
from typing import BinaryIO, Protocol

from sqlalchemy.orm import Session

from webapp.db import reading, writing
from webapp.jobs import Job, submitted
from webapp.sheets import Converter, WorkbookReport, inspect_workbook

from . import templates, uploads
from .check_jobs import start_check
from .columns import TemplateColumn
from .errors import UploadGone
from .jobs import recorded, room_of, start, tidy_uploads, uploads_folder, workbook_limits
from .models import ImportTemplate, Upload
from .plans import VALID_ROWS


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


def inspect(upload: Upload, sheet: str | None = None) -> WorkbookReport:
    """What is in the workbook. Raises UploadGone, or WorkbookRefused."""
    path = uploads.path_of(uploads_folder(), upload)
    if path is None:
        raise UploadGone(name=upload.name)
    return inspect_workbook(path, sheet=sheet, limits=workbook_limits())


def import_by(
    template: ImportTemplate, upload: Upload, report: WorkbookReport, owner: Owner, key: str | None = None,
    mode: str = VALID_ROWS, *, check_first: bool = False, decided: Mapping[str, str | None] | None = None,
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
        upload = uploads.find(session, owner.id, upload_id)
        if upload is None or upload.stored_as is None:
            raise UploadGone(name=upload.name if upload else "")
        template = make_template(
            session, report, owner.organization_id, owner.id, name=name, dataset=dataset, columns=columns
        )
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
    mode: str = VALID_ROWS, decided: Mapping[str, str | None] | None = None,
) -> Job:  # fmt: skip
    record = recorded(session, template, upload, report, mode, decided)
    return start_check(session, record, key) if check else start(session, record, key, report.rows_counted)


def name_for(upload: Upload) -> str:
    """What a template made from this workbook may be called: its name without the ending."""
    return PurePath(upload.name).stem[:200] or "Workbook"
