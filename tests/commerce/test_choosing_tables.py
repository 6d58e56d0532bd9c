"""Whoever uploads a workbook of customers is offered their table, with its columns ready-made."""

import pytest
from sqlalchemy import select

from tests.imports.conftest import fields_of, run, upload  # noqa: F401
from tests.sheets.workbooks import workbook
from webapp.commerce.models import Customer
from webapp.db import reading

BOOK = [
    ("Customer no", "Company", "E-mail", "Discount"),
    ("C-1", "Ropeworks", "ada@example.org", 0.05),
    ("C-2", "Coldstore", "mia@example.org", None),
]


@pytest.fixture
def proposal(at_ada, tmp_path, upload):  # noqa: F811
    """The page on which the columns of a workbook of customers are proposed."""
    return upload(at_ada, workbook(tmp_path / "book.xlsx", BOOK, sheet="Customers")).location


def into(client, proposal, table):
    return client.submit(f"{proposal}/table?sheet=Customers&row=1", proposal, table=table)


def test_the_table_that_fits_is_named_and_chosen_first(at_ada, proposal):
    page = at_ada.get(proposal).text
    assert "This looks like a workbook of <strong>Customers</strong>: 4 of its columns" in page
    assert page.index('<option selected value="customers">') < page.index('<option value="orders">')


def test_a_workbook_of_another_kind_is_said_to_be_none(at_ada, tmp_path, upload):  # noqa: F811
    path = workbook(tmp_path / "hours.xlsx", [("Code", "Name", "Hours"), ("A1", "Ada", 1)])
    page = at_ada.get(upload(at_ada, path).location).text
    assert "This looks like" not in page
    assert "go to a table that is there already" in page


def test_its_columns_are_matched_and_its_rows_imported(at_ada, proposal, run, app):  # noqa: F811
    page = into(at_ada, proposal, "customers")
    assert page.status_code == 303
    matched = at_ada.get(page.location).text
    assert "all of its columns are known there" in matched
    job = run(at_ada.post(page.location, data=fields_of(matched) | {"intent": "import"}).location)
    assert job.outcome == "2 rows imported: 2 new."
    with app.app_context(), reading() as session:
        assert set(session.scalars(select(Customer.name))) == {"Ropeworks", "Coldstore"}


def test_the_way_back_to_a_dataset_stays_open(at_ada, proposal):
    matched = at_ada.get(into(at_ada, proposal, "customers").location).text
    assert f'href="{proposal}?sheet=Customers&amp;row=1"' in matched
    assert at_ada.get(f"{proposal}?sheet=Customers&row=1").status_code == 200


@pytest.mark.parametrize("table", ["herrings", "", "recipients", "recipients.99", "recipients.x", "customers.1"])
def test_a_table_that_is_not_there_is_like_a_missing_page(at_ada, proposal, table):
    assert into(at_ada, proposal, table).status_code == 404


def test_a_sheet_that_is_gone_is_said_so(at_ada, proposal):
    answer = at_ada.submit(f"{proposal}/table?sheet=Nowhere", proposal, table="customers")
    assert answer.status_code == 303
    assert "Nowhere" in at_ada.get(answer.location).text


def test_somebody_else_s_upload_goes_nowhere(app, cast, sign_in, proposal):
    otto = sign_in(app.test_client(), cast.otto)
    assert otto.submit(f"{proposal}/table", "/datasets", table="customers").status_code == 404


def test_recipients_of_a_campaign_keep_the_other_columns_as_fields(at_ada, tmp_path, upload):  # noqa: F811
    written = {"name": "Crane", "subject": "News", "body": "Dear {name}", "per_minute": "", "recipients": ""}
    number = at_ada.submit("/campaigns/new", **written).location.rsplit("/", 1)[1]
    path = workbook(tmp_path / "guests.xlsx", [("E-mail", "Name", "Pier"), ("ada@example.org", "Ada", "7")])
    proposal = upload(at_ada, path).location
    assert f'value="recipients.{number}">Recipients of Crane</option>' in at_ada.get(proposal).text
    answer = at_ada.submit(f"{proposal}/table", proposal, table=f"recipients.{number}")
    assert "all of its columns are known there" in at_ada.get(answer.location).text
