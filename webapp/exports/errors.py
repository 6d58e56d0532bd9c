"""What can go wrong with exports. The docstring of each is its message; names in braces are filled in."""

from webapp.problems import Problem


class ExportProblem(Problem):
    """Something is wrong with an export."""


class ColumnUnknown(ExportProblem):
    """“{dataset}” has no column called “{name}”. It has: {columns}."""


class SourceUnknown(ExportProblem):
    """There is nothing called {name} that could be exported."""

    status = 404


class ConditionUnclear(ExportProblem):
    """“{text}” is no condition. Write it as COLUMN=VALUE, with =, !=, <, <=, >, >= or ~ (contains) between them."""


class ConditionImpossible(ExportProblem):
    """“{value}” cannot be compared with the column {column}: {expected}."""


class FormatUnknown(ExportProblem):
    """There is no export as “{name}”. Choose one of: {known}."""


class ExportGone(ExportProblem):
    """The file of this export is no longer kept here. Export the dataset again."""

    status = 410


class DiskFull(ExportProblem):
    """The disk is full: the file could not be written. Ask your admin to make room, then try again."""
