"""The page of the demonstration: for admins, with the code of both styles, and buttons that start their jobs."""

import re

import pytest

from webapp.commerce.jobs import STYLES
from webapp.demo.stages import STAGES
from webapp.extensions import kernel


def test_it_shows_the_code_of_both_styles_of_each_job(at_ada):
    page = at_ada.get("/demo").text
    for handler in ("process_orders_in_steps", "report_customers", "send_in_steps"):
        assert f"def {handler}(" in page
    assert page.count("It was not started yet.") == 6


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("name", STAGES)
def test_a_job_is_started_stops_at_its_item_and_goes_on(app, at_ada, name, style):
    answer = at_ada.submit(f"/demo/{name}", page="/demo", style=style, at="2")
    assert (answer.status_code, answer.location) == (303, f"/demo#demo-{name}")
    job_id = re.search(r'data-job="(\w+)"', at_ada.get("/demo").text)[1]
    with app.app_context():
        kernel.pause(job_id)
    assert "Interrupted so far: 0" in at_ada.get("/demo").text
    answer = at_ada.submit(f"/demo/{name}", page="/demo", style=style)
    assert "is still under way with the same data" in at_ada.get(answer.location).text


def test_a_place_that_is_none_is_refused_with_a_sentence(at_ada):
    answer = at_ada.submit("/demo/orders", page="/demo", style="steps", at="1001")
    assert "Write a whole number from 1 to 1,000" in at_ada.get(answer.location).text


def test_it_is_there_for_admins_only(client, cast, sign_in):
    assert sign_in(client, cast.mia).get("/demo").status_code == 404
    assert client.get("/live?v=0&page=demo").status_code == 404
