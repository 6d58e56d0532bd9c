"""Searching on the page of jobs, and from the command line."""

import json
import re
from html import unescape

import pytest

from webapp.extensions import kernel

TITLES = {"hours": "Import hours.xlsx", "crates": "Import crates.xlsx"}


@pytest.fixture
def ids(enqueue):
    return {name: enqueue(title=title) for name, title in TITLES.items()}


@pytest.fixture
def shown(at_ada, ids):
    """Which of the jobs a page shows."""

    def shown(address, client=at_ada):
        page = client.get(address)
        assert page.status_code == 200
        return {name for name, job_id in ids.items() if f"job-row-{job_id}" in page.text}

    return shown


def test_words_of_the_title_narrow_the_list(shown):
    assert shown("/jobs?q=import") == {"hours", "crates"}
    assert shown("/jobs?q=hou") == {"hours"}
    assert shown("/jobs?q=lighthouse") == set()


def test_an_id_leads_to_its_job(shown, ids):
    assert shown(f"/jobs?q={ids['crates']}") == {"crates"}


def test_a_search_and_a_status_narrow_together(app, shown, ids):
    with app.app_context():
        kernel.cancel(ids["hours"])
    assert shown("/jobs?q=import&status=cancelled") == {"hours"}
    assert shown("/jobs?q=crates&status=cancelled") == set()


def test_the_status_links_keep_what_was_searched_for(at_ada, ids):
    page = at_ada.get("/jobs?q=import+hours").text
    assert "/jobs?status=failed&q=import+hours" in [unescape(link) for link in re.findall(r'href="([^"]+)"', page)]
    assert 'value="import hours"' in page
    assert 'type="hidden" name="status" value="failed"' in at_ada.get("/jobs?status=failed&q=x").text


def test_an_admin_narrows_by_person_queue_and_handler(cast, shown):
    assert shown(f"/jobs?owner={cast.ada.id}") == {"hours", "crates"}
    assert (
        shown(f"/jobs?owner={cast.mia.id}")
        == shown("/jobs?owner=x")
        == shown("/jobs?owner=99999999999999999999")
        == set()
    )
    assert shown("/jobs?queue=default&q=hours") == {"hours"}
    assert shown("/jobs?queue=nothing") == shown("/jobs?handler=nothing") == set()


def test_only_an_admin_is_offered_people_queues_and_handlers(app, at_ada, cast, sign_in):
    at_mia = sign_in(app.test_client(), cast.mia)
    assert [f'id="{name}"' in at_ada.get("/jobs").text for name in ("owner", "queue", "handler")] == [True] * 3
    assert [f'id="{name}"' in at_mia.get("/jobs").text for name in ("q", "owner", "queue", "handler")] == [True] + [
        False
    ] * 3


@pytest.mark.parametrize("address", ["/jobs?q=import", "/jobs?queue=default", "/jobs?q={}", "/jobs?owner={}"])
def test_no_search_shows_a_job_that_the_reader_may_not_see(app, cast, sign_in, shown, ids, address):
    stranger, colleague = (sign_in(app.test_client(), member) for member in (cast.otto, cast.mia))
    for said in (ids["hours"], cast.ada.id):
        assert shown(address.format(said), stranger) == shown(address.format(said), colleague) == set()


def test_the_poll_of_a_search_brings_what_it_finds_and_nothing_else(at_ada, enqueue, ids):
    page = at_ada.get("/jobs?q=hours").text
    address = unescape(re.search(r'id="poller" hx-get="([^"]+)"', page)[1])
    new, other = enqueue(title="Import hours again"), enqueue(title="Import boats")
    answer = at_ada.get(address).text
    listed = answer[answer.index('<hx-partial hx-target="#jobs-list"') :]
    assert f"job-row-{new}" in listed
    assert f"job-row-{other}" not in listed


def test_a_search_that_finds_nothing_says_so_and_leads_on(at_ada, ids):
    page = at_ada.get("/jobs?q=lighthouse").text
    assert "No job matches" in page
    assert "Show all jobs" in page


def test_what_is_typed_into_the_search_is_shown_as_it_is(at_ada):
    page = at_ada.get("/jobs", query_string={"q": '"><script>x</script>\x00%'}).text
    assert "<script>x" not in page


def test_the_command_searches(app, ids):
    done = app.test_cli_runner().invoke(args=["jobs", "list", "--search", "hours", "--json"])
    assert [job["id"] for job in json.loads(done.stdout)["jobs"]] == [ids["hours"]]
    assert app.test_cli_runner().invoke(args=["jobs", "list", "--search", "lighthouse"]).stdout == "No jobs.\n"
