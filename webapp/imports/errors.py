"""What can go wrong with imports. The docstring of each is its message; names in braces are filled in."""

from webapp.problems import Problem


class ImportProblem(Problem):
    """Something is wrong with an import."""

    status = 422


class NoFileChosen(ImportProblem):
    """Choose a workbook first."""


class QuotaReached(ImportProblem):
    """The workbooks that are kept of yours take {kept:,} MB of the {quota:,} MB that a person has, and this one does
    not fit in. Wait until your imports have ended, or cancel one; what nobody imports is removed after a day."""

    status = 413


class UploadGone(ImportProblem):
    """The workbook {name} is no longer kept here. Upload it again."""


class SourceChanged(ImportProblem):
    """The stored workbook {name} is not the one that was uploaded. Nothing more was imported; upload it again."""


class TemplateNotFound(ImportProblem):
    """There is no import template called “{name}”."""


class TemplateNameTaken(ImportProblem):
    """There is a template called “{name}” already. Choose another name, or open that template to import with it."""


class TemplateChanged(ImportProblem):
    """Somebody saved version {number} of this template while you were at it. What you typed is kept below: compare it
    with that version, and save again to make yours the next one."""


class KeyFixed(ImportProblem):
    """The rows of the dataset “{dataset}” are {key}, and another key would find none of them again. Keep the key and
    the order of its columns, or import into another dataset."""


class FieldNotInTable(ImportProblem):
    """{table} have no field “{field}”. They have: {fields}."""


class TemplateBusy(ImportProblem):
    """An import by this template is under way. Wait until it ends, or cancel it, and delete the template then."""


class TargetUnknown(ImportProblem):
    """Imports into {name} are not possible in this installation. Choose another target in the template."""


class TemplateDeleted(ImportProblem):
    """The template of {name} was deleted meanwhile. Upload the workbook again, by another template or as a new one."""


class CheckStale(ImportProblem):
    """The data has changed since this check. Check the workbook again, so that you see what would happen now."""

    status = 409


class StillChecking(ImportProblem):
    """The check of {name} is not over. Wait for its end, or check the workbook again if it was stopped."""

    status = 409


class ImportStarted(ImportProblem):
    """The import of {name} has been started: nothing can be decided about it any more."""

    status = 409


class ReplacementMissing(ImportProblem):
    """Say what to take instead of “{value}” in {header}."""


class NothingToKeep(ImportProblem):
    """Choose at least one decision to keep that the template does not have yet."""


class TemplateUnfit(ImportProblem):
    """The template cannot keep this as it is now. {reason} Edit the template, or decide again."""


class PartUnknown(ImportProblem):
    """There is no such {noun}. Name one that exists."""


class FieldUnknown(ImportProblem):
    """The workbook has no column called “{name}”. It has: {headers}."""


class StillImporting(ImportProblem):
    """The import of {name} is not over. Cancel it, or wait for its end, and undo it then."""


class AlreadyUndone(ImportProblem):
    """The import of {name} has been undone already. An import can be undone once."""


class NothingToUndo(ImportProblem):
    """The import of {name} changed no row: there is nothing to undo."""


class NothingRejected(ImportProblem):
    """No rejected rows are kept of the import of {name}: there is no workbook of them."""


class ImportUndone(ImportProblem):
    """The import of {name} was undone, so it does not go on. Upload the workbook again to import it."""


class ReadingStopped(ImportProblem):
    """{sentence}"""


class TooManyRejected(ImportProblem):
    """More than {limit:,} rows were rejected, so the import stopped behind row {row:,}. What was imported until then
    stays. Correct the rejected rows, or the template, and import the workbook again."""


class TooManyRowsAtOnce(ImportProblem):
    """A workbook that is imported wholly or not at all may have {limit:,} rows, and this one has more. Split it, or
    import its valid rows only."""


class NothingImported(ImportProblem):
    """Nothing was imported: of {read:,} rows that were read, {rejected:,} cannot be taken, and this import takes
    all rows or none. Correct them and upload the workbook again, or import its valid rows only."""


class DataChanged(ImportProblem):
    """What the rows are to become part of has changed since they were checked. Nothing was imported; they are checked
    again."""
