"""What the page of a mapping shows."""

from typing import Any

from flask import url_for

from webapp.sheets import ALIAS, CHOSEN, GUESSED, MATCHED, WorkbookReport

from ..after.corrections import has_lost_its_mark
from ..models import HeaderMapping, ImportTemplate, Upload
from ..pages import about_template
from .header_choice import choice_of
from .service import IGNORED, REPEATED, UNMATCHED, Proposal

HOW = {
    MATCHED: ("Matched", "by its name"),
    ALIAS: ("Matched", "by another name of it"),
    CHOSEN: ("Matched", "as decided"),
    GUESSED: ("Guessed", "check it"),
    REPEATED: ("Open", "several columns have this name"),
    UNMATCHED: ("Not known", "the template has no such column"),
    IGNORED: ("Left out", "as decided"),
}
"""What is said of a column's use: the word, and why."""
ATTENTION = {GUESSED, REPEATED, UNMATCHED}


def context(
    found: Upload, template: ImportTemplate, report: WorkbookReport, proposal: Proposal, known: HeaderMapping | None
) -> dict[str, Any]:
    """What the template of the page needs besides the form."""
    samples = {column.position: column.samples for column in report.proposed}
    return {
        "template": about_template(template),
        "upload": {"id": found.id, "name": found.name, "size": found.size, "rows": report.rows_counted},
        **choice_of(report),
        "lost_mark": has_lost_its_mark(report),
        "action": url_for(
            "mappings.show", upload_id=found.id, template=template.id, sheet=report.sheet, row=report.header.row
        ),
        "uses": [
            {
                "letter": report.header.letter(use.position),
                "samples": samples.get(use.position, ()),
                "word": HOW[use.how][0],
                "why": HOW[use.how][1],
                "wants_look": use.how in ATTENTION,
            }
            for use in proposal.uses
        ],
        "is_clear": proposal.is_clear,
        "missing": [column for column in proposal.missing if column not in proposal.lacking],
        "lacking": proposal.lacking,
        "decided_at": known.updated_at if known is not None and not proposal.speaks_for_itself else None,
    }
