"""What is in a file, as facts and as sentences, for whoever is about to import it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..cells import address, column_letter
from ..facts import Columns, Found, SheetFacts
from ..reader.request import Sample
from .census import Census


@dataclass(frozen=True, slots=True)
class Finding:
    """Something in the file that is worth knowing. `first` is its first place, such as Sheet1!C17, where it has one.

    `matters` is True where rows are likely to be refused or to come out other than they look.
    """

    code: str
    count: int
    first: str | None
    sentence: str
    matters: bool = False


# By code: whether it matters, and the sentence; what is in braces is filled in, "|" parts one from many.
SENTENCES: dict[str, tuple[bool, str]] = {
    "hidden_sheets": (False, "{count} hidden sheet is left out.|{count} hidden sheets are left out."),
    "hidden_rows": (
        False,
        "{count} row is hidden{first}; it is {fate}.|{count} rows are hidden, the first{first}; they are {fate}.",
    ),
    "hidden_columns": (
        False,
        "{count} column is hidden{first}; it is {fate}.|{count} columns are hidden, the first{first}; they are {fate}.",
    ),
    "macros": (False, "The workbook carries macros. They are ignored and never run."),
    "date_system": (False, "Dates are counted from 1904, as old Excel for Mac did. They are read as what they show."),
    "errors": (
        True,
        "{count} cell shows an Excel error{first}. Correct the formula.|"
        "{count} cells show an Excel error, the first{first}. Correct the formulas.",
    ),
    "formulas_without_result": (
        True,
        "{count} formula has no stored result{first}. Open the workbook in Excel, save it, and upload it again.|"
        "{count} formulas have no stored result, the first{first}. Open the workbook in Excel, save it, and upload it "
        "again.",
    ),
    "doubtful_results": (
        True,
        "{count} formula has the result 0 from a program that does not calculate{first}. Open the workbook in Excel, "
        "save it, and upload it again.|{count} formulas have the result 0 from a program that does not calculate, the "
        "first{first}. Open the workbook in Excel, save it, and upload it again.",
    ),
    "impossible_dates": (
        True,
        "{count} cell is formatted as a date and holds the number of no date{first}.|"
        "{count} cells are formatted as dates and hold the number of no date, the first{first}.",
    ),
    "numbers_as_text": (
        False,
        "{count} number is stored as text{first}.|{count} numbers are stored as text, the first{first}.",
    ),
    "dates_as_text": (
        False,
        "{count} date is stored as text{first}.|{count} dates are stored as text, the first{first}.",
    ),
    "merged_cells": (
        False,
        "{count} range of cells is merged{first}. In a header, all of its columns get the name; below, only its first "
        "cell has a value.|{count} ranges of cells are merged, the first{first}. In a header, all of their columns get "
        "the name; below, only their first cell has a value.",
    ),
    "header_of_figures": (
        True,
        "Row {row} is taken for the names of the columns, though it holds a number. If it is an entry, put a row with "
        "names above it.",
    ),
    "totals": (
        True,
        "{count} row looks like a total{first}. It is imported like any other; delete it from the workbook if it is no "
        "entry.|{count} rows look like totals, the first{first}. They are imported like any others; delete them from "
        "the workbook if they are no entries.",
    ),
    "note_below": (
        True,
        "The last row{first} looks like a note below the table. It is imported like any other; delete it from the "
        "workbook if it is no entry.",
    ),
    "long_numbers": (
        True,
        "{count} number has more than 15 digits{first}. Excel keeps no more: its last digits may be lost. Keep such "
        "numbers as text.|{count} numbers have more than 15 digits, the first{first}. Excel keeps no more: their last "
        "digits may be lost. Keep such numbers as text.",
    ),
    "columns_without_name": (
        False,
        "{count} column to the right of the header’s last name is left out.|"
        "{count} columns to the right of the header’s last name are left out.",
    ),
}


def findings_of(
    sample: Sample, sheet: SheetFacts, width: int, ignored_columns: int, odd_rows: Sequence[tuple[str, Found]] = ()
) -> tuple[Finding, ...]:
    """What was found in the chosen sheet and around it; `width` is that of its header, `odd_rows` are by code."""
    return tuple(_findings(sample, sheet, width, ignored_columns, odd_rows))


def _findings(
    sample: Sample, sheet: SheetFacts, width: int, ignored_columns: int, odd_rows: Sequence[tuple[str, Found]]
) -> Iterator[Finding]:
    yield _about_the_file(sample)
    census = sample.census
    found = (
        ("macros", Found(int(sample.has_macros))),
        ("date_system", Found(int(sample.date1904))),
        ("hidden_sheets", Found(sum(facts.hidden for facts in sample.sheets))),
        ("errors", sheet.errors),
        ("formulas_without_result", sheet.without_result),
        ("doubtful_results", sheet.doubtful_results),
        ("impossible_dates", census.impossible_dates),
        ("numbers_as_text", census.numbers_as_text),
        ("dates_as_text", census.dates_as_text),
        ("long_numbers", census.long_numbers),
        *odd_rows,
        ("hidden_rows", sheet.hidden_rows),
        ("hidden_columns", _hidden_columns(sheet.hidden_columns, width)),
        ("merged_cells", sheet.merged),
        ("columns_without_name", Found(ignored_columns)),
    )
    for code, what in found:
        if what:
            addition = _part_of(census) if code in COUNTED_IN_PART else ""
            yield _finding(code, what, sheet.name, FATES[sample.hidden], addition)


FATES = {"include": "included", "skip": "left out"}
"""What becomes of hidden rows and columns."""
COUNTED_IN_PART = ("impossible_dates", "numbers_as_text", "dates_as_text", "long_numbers")


def _part_of(census: Census) -> str:
    return "" if census.is_whole else f" In the first {census.rows:,} rows; there may be more."


def _about_the_file(sample: Sample) -> Finding:
    between = f"{sample.delimiter}s" if str(sample.delimiter).isidentifier() else f"“{sample.delimiter}”"
    written = f", written in {sample.encoding}, with {between} between its cells" if sample.encoding else ""
    return Finding("kind", 1, None, f"This is {sample.kind}{written}.{GUESSED.get(str(sample.encoding), '')}")


GUESSED = {
    "Windows-1252": " Nothing in it says so: if letters look wrong, save the file again as CSV UTF-8, and upload that."
}
"""What is said of an encoding that was taken because no other fits."""


def _finding(code: str, found: Found, sheet: str, fate: str, addition: str) -> Finding:
    matters, template = SENTENCES[code]
    one, _, many = template.partition("|")
    place = _place(sheet, found.first)
    chosen = many if many and found.count != 1 else one
    sentence = chosen.format(count=f"{found.count:,}", first=_at(place), fate=fate, row=found.first)
    return Finding(code, found.count, place, sentence + addition, matters)


def _at(place: str | None) -> str:
    return f" at {place}" if place else " somewhere"


def _place(sheet: str, first: str | None) -> str | None:
    return address(sheet, first, None) if first else None


def _hidden_columns(ranges: tuple[Columns, ...], width: int) -> Found:
    """Hidden columns among the first `width`."""
    hidden = sorted({column for first, last in ranges for column in range(first, min(last + 1, width))})
    return Found(len(hidden), column_letter(hidden[0])) if hidden else Found()
