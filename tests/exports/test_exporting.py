"""What is in the file of an export: the rows and columns that were asked for, as they were at one moment."""

from datetime import datetime
from decimal import Decimal

import openpyxl
import pytest

from webapp.datasets import service as datasets
from webapp.datasets.changes import NewRow, put
from webapp.db import reading, writing
from webapp.exports import service
from webapp.exports.asking import Asked, in_words
from webapp.exports.errors import ColumnUnknown, ConditionImpossible, ConditionUnclear, FormatUnknown
from webapp.exports.sources import DatasetSource
from webapp.extensions import kernel

from .conftest import NOW, export_of, file_of, lines, objects

pytestmark = [pytest.mark.every_database, pytest.mark.usefixtures("context")]


def test_all_rows_are_there_in_the_order_in_which_they_came(stocked, exported):
    found = lines(exported(stocked(2_500)))
    assert found[0] == ["Code", "Hours", "Day", "Paid"]
    assert found[2] == ["N0001", "0.25", "2026-01-05", "FALSE"]
    assert [line[0] for line in found[1:]] == [f"N{number:04}" for number in range(2_500)]


def test_a_workbook_has_typed_cells_and_the_dataset_s_name(stocked, ask):
    job = ask(stocked(3), "xlsx")
    kernel.run(job.id)
    with file_of(job).open("rb") as file:
        sheet = openpyxl.load_workbook(file)["Hours"]
    assert [cell.value for cell in sheet[3]] == ["N0001", 0.25, datetime(2026, 1, 5), False]


def test_json_lines_have_fields_and_every_digit(stocked, exported, app):
    dataset = stocked(1)
    with writing() as session:
        put(session, dataset, [NewRow(2, '["0"]', '{"code":"A","hours":12345678901234567890.10}')], NOW)
    assert objects(exported(dataset, "jsonl")) == [
        {"code": "A", "hours": Decimal("12345678901234567890.10"), "day": None, "paid": None}
    ]


def test_a_search_an_order_and_a_choice_of_columns_are_kept(stocked, exported):
    found = exported(stocked(), search="N001", sort="hours", descending=True, fields=("hours", "code"))
    assert lines(found)[:3] == [["Hours", "Code"], ["4.75", "N0019"], ["4.5", "N0018"]]
    assert len(lines(found)) == 11


@pytest.mark.parametrize(
    ("where", "codes"),
    [
        (("hours>=6",), ["N0024"]),
        (("Hours < 0.5",), ["N0000", "N0001"]),
        (("hours=0.25",), ["N0001"]),
        (("code~n001", "paid=no"), ["N0011", "N0013", "N0015", "N0017", "N0019"]),
        (("code=n0003",), ["N0003"]),
        (("day>2026-01-05",), []),
        (("hours=",), []),
        (("code!=N0000", "hours<=0.5"), ["N0001", "N0002"]),
    ],
)
def test_conditions_choose_rows(stocked, exported, where, codes):
    assert [line[0] for line in lines(exported(stocked(), where=where))[1:]] == codes


@pytest.mark.parametrize(
    ("asked", "problem", "said"),
    [
        ({"where": ("hours",)}, ConditionUnclear, "“hours” is no condition"),
        ({"where": ("hours>many",)}, ConditionImpossible, "write a number"),
        ({"where": ("day=soon",)}, ConditionImpossible, "write a date"),
        ({"where": ("paid=perhaps",)}, ConditionImpossible, "write yes or no"),
        ({"where": ("minutes>1",)}, ColumnUnknown, "It has: code, hours, day, paid."),
        ({"fields": ("minutes",)}, ColumnUnknown, "no column called “minutes”"),
        ({"sort": "minutes"}, ColumnUnknown, "no column called “minutes”"),
    ],
)
def test_what_cannot_be_had_is_said_before_anything_is_stored(stocked, ask, asked, problem, said):
    with pytest.raises(problem, match=said):
        ask(stocked(1), **asked)
    with reading() as session:
        assert service.stored(session) == set()


def test_a_format_that_there_is_not_is_named_with_those_that_there_are(stocked, ask):
    with pytest.raises(FormatUnknown, match="Choose one of: xlsx, csv, jsonl"):
        ask(stocked(1), "pdf")


def test_what_is_asked_for_is_told_in_words(stocked):
    asked = Asked(search="quay", where=("hours>=8",), sort="day", descending=True)
    with reading() as session:
        dataset = session.get_one(datasets.Dataset, stocked(1))
        assert in_words(dataset, asked) == [
            "Only rows with “quay”", "Only rows whose Hours is at least “8”", "Sorted by Day, the highest first"
        ]  # fmt: skip


def test_rows_that_come_while_a_file_is_written_are_not_in_it(stocked, context, tmp_path):
    dataset_id = stocked(3_000)
    seen = []

    def put_one(done, total):
        seen.append((done, total))
        with writing() as other:
            put(other, dataset_id, [NewRow(2, f'["new {done}"]', '{"code":"new"}')], NOW)

    with reading() as session, (tmp_path / "table.csv").open("w+b") as file:
        dataset = session.get_one(datasets.Dataset, dataset_id)
        result = service.write(session, DatasetSource(dataset), Asked(), "csv", file, put_one)
    assert (result.success, result.processed_count) == (True, 3_000)
    assert seen == [(0, 3_000), (1_000, 3_000), (2_000, 3_000), (3_000, 3_000)]
    assert "new" not in (tmp_path / "table.csv").read_text()


def test_what_was_altered_is_noted_and_told(stocked, ask):
    job = ask(stocked([{"code": "=1+1"}, {"code": "+49 40 123"}, {"code": "plain"}]))
    kernel.run(job.id)
    assert kernel.find(job.id).outcome == "3 rows exported. 2 cells were altered: see the notes."
    assert [(note.place, note.column, note.count) for note in service.notes_of(export_of(job))] == [("A2", "Code", 2)]


@pytest.mark.parametrize("format_", ["xlsx", "csv", "jsonl"])
def test_rows_that_are_not_what_their_columns_say_are_not_lost(stocked, ask, format_):
    rows = [
        {"code": 5, "hours": "many", "day": "soon", "paid": {"odd": 1.5}},
        {"code": "\ud800", "hours": float("nan")},
    ]
    job = ask(stocked(rows), format_)
    assert kernel.run(job.id)
    assert kernel.find(job.id).state == "completed"


def test_a_dataset_without_rows_is_a_header_alone(stocked, exported):
    assert lines(exported(stocked(0))) == [["Code", "Hours", "Day", "Paid"]]


@pytest.mark.parametrize(
    ("title", "name"),
    [("Hours", "Hours 2026-11-23.csv"), ("a/b\\c:d", "a b c d 2026-11-23.csv"), ("..", "Export 2026-11-23.csv")],
)
def test_a_file_has_a_name_that_every_system_takes(title, name):
    assert service.file_name(title, NOW, "csv") == name
