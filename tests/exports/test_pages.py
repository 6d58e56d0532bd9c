"""The way through the pages: narrow a dataset, ask for an export, watch it, download its file."""

import re
from datetime import timedelta

import pytest

from webapp.db import reading, writing
from webapp.exports.models import Export
from webapp.extensions import kernel
from webapp.jobs import jobs_of

from .conftest import lines


@pytest.fixture
def asked(app, at_ada, stocked):
    """Asks for an export as the form does; answers the address of its page, and does the worker's part."""

    def asked(dataset_id=None, work=True, **fields):
        dataset_id = dataset_id or stocked()
        answer = at_ada.submit(
            f"/datasets/{dataset_id}/exports", f"/datasets/{dataset_id}/exports/new", **(FORM | fields)
        )
        assert answer.status_code == 303, answer.text
        if work:
            with app.app_context():
                with reading() as session:
                    newest = session.scalars(jobs_of(kind="export").limit(1)).one()
                assert kernel.run(newest.id)
        return answer.location

    return asked


FORM = {"format": "csv", "columns": ["code", "hours", "day", "paid"], "submission_key": "once"}


def test_a_dataset_offers_its_export_as_it_is_narrowed_now(at_ada, stocked):
    page = at_ada.get(f"/datasets/{stocked()}?q=N001&sort=hours&direction=descending").text
    address = re.search(r'href="([^"]+/exports/new[^"]*)"', page)[1].replace("&amp;", "&")
    form = at_ada.get(address).text
    assert "10 rows. Only rows with “N001”. Sorted by Hours, the highest first." in form
    assert "1,048,575" in form


def test_an_export_is_asked_for_watched_and_downloaded(at_ada, asked):
    address = asked(q="N001", sort="hours", direction="descending", columns=["code", "hours"])
    page = at_ada.get(address).text
    assert "10 rows exported." in page
    assert "2 of 4 columns" in page
    answer = at_ada.get(f"{address}/file")
    assert lines(answer.data.decode("utf-8-sig"))[1] == ["N0019", "4.75"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert re.fullmatch(r'attachment; filename="?Hours \d{4}-\d\d-\d\d\.csv"?', answer.headers["Content-Disposition"])
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_name_in_any_script_arrives(at_ada, asked, stocked):
    address = asked(stocked(name="Größen 港"))
    disposition = at_ada.get(f"{address}/file").headers["Content-Disposition"]
    assert "filename*=UTF-8''Gr%C3%B6%C3%9Fen%20%E6%B8%AF" in disposition


def test_a_form_that_is_sent_twice_makes_one_export(at_ada, asked, stocked):
    dataset = stocked()
    assert asked(dataset, work=False) == asked(dataset, work=False)


def test_a_form_without_columns_is_refused_and_says_so(at_ada, stocked):
    dataset = stocked()
    answer = at_ada.submit(f"/datasets/{dataset}/exports", f"/datasets/{dataset}/exports/new", format="csv")
    assert answer.status_code == 422
    assert "Choose at least one column." in answer.text


def test_recent_exports_stand_below_the_rows_and_in_the_list(at_ada, asked, stocked):
    dataset = stocked()
    address = asked(dataset)
    for page in (f"/datasets/{dataset}", "/exports"):
        assert f'href="{address}"' in at_ada.get(page).text
        assert f'href="{address}/file"' in at_ada.get(page).text


def test_an_empty_list_says_what_an_export_is(at_ada):
    assert "No exports yet" in at_ada.get("/exports").text


def test_a_file_that_is_not_whole_yet_cannot_be_downloaded(at_ada, asked):
    address = asked(work=False)
    assert at_ada.get(f"{address}/file").status_code == 410
    assert "as soon as it is whole" in at_ada.get(address).text


def test_an_expired_file_is_gone_and_the_page_offers_another(app, at_ada, asked):
    address = asked()
    with app.app_context(), writing() as session:
        session.get_one(Export, 1).expires_at -= timedelta(hours=73)
    assert at_ada.get(f"{address}/file").status_code == 410
    page = at_ada.get(address).text
    assert "The file is no longer kept." in page
    assert f"{address}/file" not in page


@pytest.mark.parametrize(("who", "status"), [("max", 404), ("mia", 404), ("otto", 404)])
def test_others_find_nothing(app, cast, sign_in, asked, who, status):
    address = asked()
    client = sign_in(app.test_client(), getattr(cast, who))
    assert [client.get(path).status_code for path in (address, f"{address}/file")] == [status, status]
    assert address not in client.get("/exports").text


def test_an_admin_sees_the_exports_of_the_organization(app, cast, sign_in, at_ada, stocked):
    dataset, at_mia = stocked(), sign_in(app.test_client(), cast.mia)
    answer = at_mia.submit(f"/datasets/{dataset}/exports", f"/datasets/{dataset}/exports/new", **FORM)
    assert at_ada.get(answer.location).status_code == 200


def test_what_was_altered_stands_on_the_page(at_ada, asked, stocked):
    page = at_ada.get(asked(stocked([{"code": "=1+1"}]))).text
    assert "a spreadsheet would take it for a formula" in page
    assert "A2" in page
