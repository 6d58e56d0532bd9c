"""Every workbook that others made ends as rows or as a sentence, and its values are those that others see in it."""

import os
from concurrent.futures import Future
from pathlib import Path

import pytest

from webapp.sheets import CellError

from .corpus import CORPUS, FILES, Outcome, named
from .peers import agree, cells_seen_by_calamine, cells_seen_by_openpyxl, expected_rows, rows_below

WORKBOOKS = [path for path in FILES if path.suffix in (".xlsx", ".xlsm")]
OF_OTHER_KINDS = [path for path in FILES if path.suffix in (".xls", ".xlsb", ".ods")]
EXPECTED = [path for path in WORKBOOKS if path.parent.name == "xlsx2csv" and path.with_suffix(".csv").exists()]

# Words that belong to a program, not into a sentence for a person.
PARSER_WORDS = ("Traceback", "Error", "Exception", "calamine", "zlib", "expat", "None", "0x", "NoneType", "panic")

NO_PRESERVE = "without xml:space='preserve' Excel drops the spaces around a text, openpyxl keeps them"
NO_STRINGS = "openpyxl cannot open it: it insists on the exact name of the part with the texts"
NO_STYLES = "openpyxl cannot open it: a cell names no style, or one that is missing"
STRICT = "openpyxl sees no sheets in a strict workbook"
DAY_60 = "day 60 is 29 February 1900, which never was; openpyxl makes it the 28th"

TEXT = "it is a text file, whatever its name says"

OPENPYXL_DIFFERS = {
    "calamine/empty_s_attribute.xlsx": NO_STYLES,
    "calamine/encoded_entities.xlsx": "a cell that holds nothing but a line break is blank to us",
    "calamine/issue_419.xlsx": NO_STRINGS,
    "calamine/issue_530.xlsx": NO_STRINGS,
    "calamine/minimal_package.xlsx": NO_STYLES,
    "calamine/pivots.xlsx": "openpyxl cannot open it: it stumbles over the pivot tables",
    "calamine/strict_iso_paths.xlsx": STRICT,
    "calamine/whitespace_trim.xlsx": NO_PRESERVE,
    "openspout/xlsx__file_corrupted.xlsx": TEXT,
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

CHART = "calamine takes the numbers inside of a chart for cells of the sheet"
WIDTH = "calamine reads each character of two bytes as two"
CODE_PAGE = "calamine reads a rich text of Excel 95 in another code page than the workbook names"
ENDS = "white space at the ends of a paragraph is none: OpenDocument 1.3 part 3, 6.1.2"
INDENTED = "calamine cannot open it: white space between elements"
CHART_SHEET = "calamine cannot read its sheet with a chart"

CALAMINE_DIFFERS = {
    "calamine/OOM_alloc.xls": CHART,
    "calamine/any_sheets.xlsb": CHART_SHEET,
    "calamine/biff5-rich-text-string.xls": CODE_PAGE,
    "calamine/ptgexp-truncated-operand.xls": "calamine panics: a formula is cut short",
    "calamine/sheet_name_parsing.xls": WIDTH,
    "calamine/special_cells.ods": ENDS,
    "calamine/too_small.xls": TEXT,
    "calamine/xls_cross_sheet_chart.xls": CHART,
    "openspout/ods__non_zip.ods": TEXT,
    "openspout/ods__one_sheet_with_strings.ods": INDENTED,
    "openspout/ods__sheet_with_all_cell_types.ods": INDENTED,
    "openspout/ods__sheet_with_invalid_date_time.ods": INDENTED,
    "openspout/ods__sheet_with_multiline_string.ods": INDENTED,
    "openspout/ods__sheet_with_number_columns_repeated.ods": INDENTED,
    "openspout/ods__sheet_with_number_rows_repeated.ods": INDENTED,
    "openspout/ods__sheet_with_only_one_cell.ods": INDENTED,
    "openspout/ods__sheet_with_undefined_value_type.ods": INDENTED,
    "openspout/ods__sheet_with_untrimmed_strings.ods": ENDS,
    "openspout/ods__sheet_with_various_spaces.ods": INDENTED,
    "openspout/ods__sheet_with_whitespaces_as_xml.ods": "calamine leaves out a tab",
    "openspout/ods__two_sheets_with_no_settings_xml_file.ods": INDENTED,
    "openspout/ods__two_sheets_with_strings.ods": INDENTED,
    "readxl/tests__testthat__sheets__biff5-rich-text-string.xls": CODE_PAGE,
    "readxl/tests__testthat__sheets__dates-leap-year-1900-xls.xls": DAY_60,
    "readxl/tests__testthat__sheets__mtcars.xls": WIDTH,
}

EXPECTED_DIFFERS = {
    "xlsx2csv/escape.xlsx": "that program writes line breaks and tabs as backslash codes",
    "xlsx2csv/formatted_inline_string.xlsx": NO_PRESERVE,
    "xlsx2csv/input-weird.xlsx": "a name over two merged columns is that of both",
    "xlsx2csv/junk-small.xlsx": "that program writes dates in the format of each cell",
    "xlsx2csv/timeformat.xlsx": "that program writes dates in the format of each cell",
    "xlsx2csv/variousdelim.xlsx": "the expected text is separated by tabs and titled by sheet",
}


def test_the_folder_of_workbooks_is_at_hand():
    if not FILES and os.environ.get("CI") != "true":
        pytest.skip(f"No workbooks of others at {CORPUS.name}/: the comparison with them is left out")
    assert len(FILES) > 300


def test_every_exception_is_one_of_a_file_that_is_there():
    if FILES:
        assert set(OPENPYXL_DIFFERS) <= set(map(named, WORKBOOKS))
        assert set(CALAMINE_DIFFERS) <= set(map(named, OF_OTHER_KINDS))
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


@pytest.mark.parametrize("path", [path for path in OF_OTHER_KINDS if named(path) not in CALAMINE_DIFFERS], ids=named)
def test_its_values_are_those_that_calamine_sees(path: Path, outcomes: dict[Path, Future[Outcome]]):
    for name, sheet in outcomes[path].result(timeout=120).sheets.items():
        seen = cells_seen_by_calamine(path, name)
        width = len(sheet.header.labels)
        for number, cells in sheet.rows.items():
            # Calamine shows an error as its text.
            shown = tuple(cell.code if isinstance(cell, CellError) else cell for cell in cells)
            assert shown == seen.row(number, width), f"{name}, row {number}"
        assert set(sheet.rows) >= seen.filled_rows(below=sheet.header.row, width=width)


@pytest.mark.parametrize("path", [path for path in EXPECTED if named(path) not in EXPECTED_DIFFERS], ids=named)
def test_its_values_are_those_of_the_expected_csv(path: Path, outcomes: dict[Path, Future[Outcome]]):
    sheet = next(iter(outcomes[path].result(timeout=120).sheets.values()))
    expected = rows_below(sheet.header.labels, expected_rows(path.with_suffix(".csv")))
    for (number, cells), texts in zip(sheet.rows.items(), expected, strict=False):
        wrong = [(cell, text) for cell, text in zip(cells, texts, strict=False) if not agree(cell, text)]
        assert not wrong, f"row {number}"
    assert len(expected) >= len(sheet.rows)
