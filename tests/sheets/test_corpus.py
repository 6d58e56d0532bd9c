"""Every workbook that others made ends as rows or as a sentence, and its values are those that others see in it."""

import os
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from webapp.sheets import Cell, Header, Limits, WorkbookRefused, WorkbookReport, inspect_workbook, read_rows
from webapp.sheets.limits import MEGABYTE

from .peers import agree, cells_seen_by_openpyxl, expected_rows, rows_below


def named(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


CORPUS = Path(__file__).resolve().parents[3] / "shared" / "workbooks"
LIMITS = Limits(memory_bytes=256 * MEGABYTE, inspection_seconds=60, reading_seconds=60, silence_seconds=60)

FILES = sorted(path for path in CORPUS.rglob("*") if path.is_file() and path.suffix != ".md")
WORKBOOKS = [path for path in FILES if path.suffix in (".xlsx", ".xlsm")]
EXPECTED = [path for path in WORKBOOKS if path.parent.name == "xlsx2csv" and path.with_suffix(".csv").exists()]

# Words that belong to a program, not into a sentence for a person.
PARSER_WORDS = ("Traceback", "Error", "Exception", "calamine", "zlib", "expat", "None", "0x", "NoneType", "panic")

NO_PRESERVE = "without xml:space='preserve' Excel drops the spaces around a text, openpyxl keeps them"
NO_STRINGS = "openpyxl cannot open it: it insists on the exact name of the part with the texts"
NO_STYLES = "openpyxl cannot open it: a cell names no style, or one that is missing"
STRICT = "openpyxl sees no sheets in a strict workbook"
DAY_60 = "day 60 is 29 February 1900, which never was; openpyxl makes it the 28th"

OPENPYXL_DIFFERS = {
    "calamine/empty_s_attribute.xlsx": NO_STYLES,
    "calamine/encoded_entities.xlsx": "a cell that holds nothing but a line break is blank to us",
    "calamine/issue_419.xlsx": NO_STRINGS,
    "calamine/issue_530.xlsx": NO_STRINGS,
    "calamine/minimal_package.xlsx": NO_STYLES,
    "calamine/pivots.xlsx": "openpyxl cannot open it: it stumbles over the pivot tables",
    "calamine/strict_iso_paths.xlsx": STRICT,
    "calamine/whitespace_trim.xlsx": NO_PRESERVE,
    "openspout/xlsx__one_sheet_with_capital_shared_strings_filename.xlsx": NO_STRINGS,
    "openspout/xlsx__sheet_with_dates_and_times.xlsx": "an ISO date without seconds stays text at first",
    "openspout/xlsx__sheet_with_different_numeric_value_dates.xlsx": DAY_60,
    "openspout/xlsx__sheet_with_strict_ooxml.xlsx": STRICT,
    "openspout/xlsx__sheet_with_untrimmed_inline_strings.xlsx": NO_PRESERVE,
    "readxl/tests__testthat__sheets__Ekaterinburg_IP_9.xlsx": NO_PRESERVE,
    "readxl/tests__testthat__sheets__dates-leap-year-1900-xlsx.xlsx": DAY_60,
    "readxl/tests__testthat__sheets__los-angeles-arrests-xlsx.xlsx": NO_STYLES,
    "readxl/tests__testthat__sheets__missing-v-node-xlsx.xlsx": "openpyxl shows a formula without a result as blank",
    "readxl/tests__testthat__sheets__new_line_errors.xlsx": "an escaped escape is decoded once, not twice",
    "xlsx2csv/formatted_inline_string.xlsx": NO_STRINGS,
}

EXPECTED_DIFFERS = {
    "xlsx2csv/escape.xlsx": "that program writes line breaks and tabs as backslash codes",
    "xlsx2csv/formatted_inline_string.xlsx": NO_PRESERVE,
    "xlsx2csv/junk-small.xlsx": "that program writes dates in the format of each cell",
    "xlsx2csv/timeformat.xlsx": "that program writes dates in the format of each cell",
    "xlsx2csv/variousdelim.xlsx": "the expected text is separated by tabs and titled by sheet",
}


@dataclass
class SheetOutcome:
    """What was read of a visible sheet: its header and the rows below it by number."""

    header: Header
    rows: dict[int, tuple[Cell, ...]]


@dataclass
class Outcome:
    """What became of a file: a sentence, or its visible sheets with cells by name."""

    sentence: str | None = None
    sheets: dict[str, SheetOutcome] = field(default_factory=dict)


def outcome_of(path: Path) -> Outcome:
    outcome = Outcome()
    try:
        first = inspect_workbook(path, limits=LIMITS)
        for sheet in (sheet.name for sheet in first.sheets if sheet.rows):
            report = first if sheet == first.sheet else inspect_workbook(path, sheet, limits=LIMITS)
            outcome.sheets[sheet] = sheet_outcome(path, report)
    except WorkbookRefused as refusal:
        outcome.sentence = refusal.sentence
    return outcome


def sheet_outcome(path: Path, report: WorkbookReport) -> SheetOutcome:
    with read_rows(path, report.sheet, report.header.row, limits=LIMITS) as stream:
        return SheetOutcome(stream.header, {number: cells for batch in stream for number, cells in batch.rows})


@pytest.fixture(scope="module")
def outcomes():
    with ThreadPoolExecutor(4) as threads:
        yield {path: threads.submit(outcome_of, path) for path in FILES}


def test_the_folder_of_workbooks_is_at_hand():
    if not FILES and os.environ.get("CI") != "true":
        pytest.skip(f"No workbooks of others at {CORPUS.name}/: the comparison with them is left out")
    assert len(FILES) > 300


def test_every_exception_is_one_of_a_file_that_is_there():
    if FILES:
        assert set(OPENPYXL_DIFFERS) <= set(map(named, WORKBOOKS))
        assert set(EXPECTED_DIFFERS) <= set(map(named, EXPECTED))


@pytest.mark.parametrize("path", FILES, ids=named)
def test_it_ends_as_rows_or_as_a_sentence(path: Path, outcomes: dict[Path, Future[Outcome]]):
    outcome = outcomes[path].result(timeout=120)
    if outcome.sentence is None:
        assert outcome.sheets
    else:
        assert outcome.sentence.endswith(".")
        assert not [word for word in PARSER_WORDS if word in outcome.sentence]


@pytest.mark.parametrize("path", [path for path in WORKBOOKS if named(path) not in OPENPYXL_DIFFERS], ids=named)
def test_its_values_are_those_that_openpyxl_sees(path: Path, outcomes: dict[Path, Future[Outcome]]):
    for name, sheet in outcomes[path].result(timeout=120).sheets.items():
        seen = cells_seen_by_openpyxl(path, name)
        width = len(sheet.header.labels)
        for number, cells in sheet.rows.items():
            assert cells == seen.row(number, width), f"{name}, row {number}"
        assert set(sheet.rows) >= seen.filled_rows(below=sheet.header.row, width=width)


@pytest.mark.parametrize("path", [path for path in EXPECTED if named(path) not in EXPECTED_DIFFERS], ids=named)
def test_its_values_are_those_of_the_expected_csv(path: Path, outcomes: dict[Path, Future[Outcome]]):
    sheet = next(iter(outcomes[path].result(timeout=120).sheets.values()))
    expected = rows_below(sheet.header.labels, expected_rows(path.with_suffix(".csv")))
    for (number, cells), texts in zip(sheet.rows.items(), expected, strict=False):
        wrong = [(cell, text) for cell, text in zip(cells, texts, strict=False) if not agree(cell, text)]
        assert not wrong, f"row {number}"
    assert len(expected) >= len(sheet.rows)
