"""What a template can ask for besides its columns, and the words for it on pages."""

EXISTING = {
    "upsert": "Add new rows and update known ones",
    "insert": "Add new rows, reject known ones",
    "update": "Update known rows, reject new ones",
    "skip": "Add new rows, leave known ones as they are",
}
"""What happens to a row whose key is in the target already."""
REPEATED = {
    "last": "The last row counts",
    "first": "The first row counts",
    "reject": "Only the first row may be there, the others are rejected",
}
"""What happens to a key that comes twice in one workbook."""
HIDDEN = {"include": "Import them too", "skip": "Leave them out"}
"""What happens to rows and columns that are hidden in the workbook."""
MOST_REJECTED = 10_000
"""Rejected rows at which an import ends, unless the template says another number."""
