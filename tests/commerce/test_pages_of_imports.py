"""From the pages of customers and orders to their imports and exports, and back."""

import pytest
from sqlalchemy import select

from tests.imports.conftest import run, upload  # noqa: F401
from tests.sheets.workbooks import workbook
from webapp.commerce.models import Customer
from webapp.db import reading

BOOK = [
    ("Customer no", "Company", "E-mail", "Discount"),
    ("C-1", "Ropeworks", "ada@example.org", 0.05),
    ("C-2", "Coldstore", "nobody@", None),
]


@pytest.fixture
def template(at_ada):
    """The page of the template for customers, opened from their page."""
    token = at_ada.token("/customers")
    answer = at_ada.post("/import-templates/ready/customers", data={"csrf_token": token})
    assert answer.status_code == 303
    return answer.location


def test_customers_are_imported_with_no_template_made_by_hand(at_ada, template, tmp_path, upload, run, app):  # noqa: F811
    page = at_ada.get(template).text
    assert "Its rows go to" in page
    assert 'href="/customers"' in page
    path = workbook(tmp_path / "customers.xlsx", BOOK, sheet="Customers")
    started = upload(at_ada, path, template_id=int(template.rsplit("/", 1)[1]))
    job = run(started.location)
    assert job.outcome == "1 of 2 rows imported: 1 new. 1 was rejected."
    assert "is no e-mail address" in at_ada.get(started.location).text
    with app.app_context(), reading() as session:
        assert session.scalars(select(Customer.name)).all() == ["Ropeworks"]


def test_the_ready_made_template_is_made_once(at_ada, template):
    again = at_ada.post("/import-templates/ready/customers", data={"csrf_token": at_ada.token("/customers")})
    assert again.location == template


def test_there_is_no_template_for_what_is_no_table(at_ada):
    token = {"csrf_token": at_ada.token("/customers")}
    assert at_ada.post("/import-templates/ready/herrings", data=token).status_code == 404
    assert at_ada.post("/import-templates/ready/recipients", data=token).status_code == 404
    assert at_ada.post("/import-templates/ready/recipients?into_id=99", data=token).status_code == 404


def test_orders_are_exported_as_their_page_shows_them(at_ada, stocked):
    stocked(12, of=3)
    page = at_ada.get("/orders?status=new&q=O0000").text
    assert "/exports/tables/orders/new?status=new&amp;q=O0000" in page
    form = at_ada.get("/exports/tables/orders/new?status=new&q=O0000").text
    assert "Only rows with “O0000”" in form
    assert "Only rows whose Status is “new”" in form
    data = {"csrf_token": at_ada.token("/orders"), "format": "csv", "columns": ["number", "position"], "status": "new"}
    answer = at_ada.post("/exports/tables/orders", data=data)
    assert answer.status_code == 303
    shown = at_ada.get(answer.location).text
    assert 'href="/orders"' in shown
    assert "2 of 11 columns" in shown


def test_there_is_no_export_of_what_is_no_table(at_ada):
    assert at_ada.get("/exports/tables/herrings/new").status_code == 404
