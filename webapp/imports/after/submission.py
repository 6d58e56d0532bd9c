"""Starting the import of a correction: of a workbook of errors that comes back (B14)."""

import json
from datetime import UTC, datetime

from webapp.db import writing
from webapp.jobs import Job, submitted
from webapp.sheets import Converter, WorkbookReport

from .. import uploads
from ..checks.jobs import start_check
from ..jobs import refuse_too_many, start, uploads_folder
from ..mapping.service import Decided
from ..models import Import, Upload
from ..running.plans import VALID_ROWS, as_kept
from ..submission import Owner
from . import corrections


def correct(
    parent: Import, upload: Upload, report: WorkbookReport, owner: Owner, key: str | None = None,
    *, check_first: bool = False, mode: str = VALID_ROWS, decided: Decided | None = None,
) -> Job:  # fmt: skip
    """Keeps the upload and starts its import, or its check, by the version of the template and as it was decided for
    the import whose rejected rows it brings back; its columns are used as there, unless they are `decided` on anew.

    Raises WorkbookRefused, TooManyRowsAtOnce or TooManyActiveJobs.
    """
    mapping = corrections.mapping_of(parent) if decided is None else dict(decided)
    Converter(parent.version.columns, report.header, mapping)
    refuse_too_many(report, mode)
    with writing() as session:
        if key and (known := submitted(session, owner.id, key)):
            uploads.remove(uploads_folder(), upload)
            return known
        session.add(upload)
        record = Import(
            template_id=parent.template_id, version_id=parent.version_id, mode=mode,
            mapping=None if mapping is None else json.dumps(mapping),
            replacements=parent.replacements, parent_id=parent.id, upload=upload,
            sheet=report.sheet, header_row=report.header.row, facts=as_kept(report.facts),
            created_by=owner.id, created_at=datetime.now(UTC),
        )  # fmt: skip
        session.add(record)
        session.flush()
        return start_check(session, record, key) if check_first else start(session, record, key, report.rows_counted)
