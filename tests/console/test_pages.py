"""The pages and commands of jobs."""

import pytest

from webapp.extensions import kernel


@pytest.fixture
def job_id(at_ada):
    return at_ada.submit("/jobs/hello", page="/jobs").location.rsplit("/", 1)[1]


@pytest.fixture
def call(call):
    """Calls a command of jobs."""
    return lambda *arguments: call("jobs", *arguments)


def test_the_button_runs_the_test_job_and_its_result_is_visible(app, at_ada, job_id):
    with app.app_context():
        assert kernel.run(job_id)
    assert "Hello, world." in at_ada.get(f"/jobs/{job_id}").text


def test_an_empty_list_says_why_and_a_filtered_one_says_otherwise(at_ada):
    assert "No jobs yet" in at_ada.get("/jobs").text
    assert "No job in this state" in at_ada.get("/jobs?status=failed").text


def test_the_list_can_be_narrowed_to_a_status(at_ada, job_id):
    assert "Test job" in at_ada.get("/jobs?status=pending").text
    assert f"job-row-{job_id}" not in at_ada.get("/jobs?status=completed").text
    assert at_ada.get("/jobs?status=nonsense&page=x").status_code == 200


def test_cancelling_leads_back_to_the_job(at_ada, job_id):
    answer = at_ada.submit(f"/jobs/{job_id}/cancellation", page=f"/jobs/{job_id}")
    assert (answer.status_code, answer.location) == (303, f"/jobs/{job_id}")
    assert "Cancelled before anything was done." in at_ada.get(f"/jobs/{job_id}").text


def test_cancelling_what_has_ended_says_what_it_is(app, at_ada, job_id):
    with app.app_context():
        kernel.run(job_id)
    answer = at_ada.submit(f"/jobs/{job_id}/cancellation", page="/jobs")
    assert answer.status_code == 303
    assert "This job has already ended: Completed." in at_ada.get(answer.location).text


def test_htmx_gets_no_page_for_its_cancellation(at_ada, job_id):
    data = {"csrf_token": at_ada.token("/jobs")}
    answer = at_ada.post(f"/jobs/{job_id}/cancellation", data=data, headers={"HX-Request": "true"})
    assert (answer.status_code, answer.data) == (204, b"")


@pytest.mark.parametrize("path", ["/jobs/{}", "/jobs/{}x", "/jobs/0000000000000000", "/jobs/%00"])
def test_a_job_of_somebody_else_is_the_same_as_none(app, cast, sign_in, job_id, path):
    at_mia = sign_in(app.test_client(), cast.mia)
    assert at_mia.get(path.format(job_id)).status_code == 404


def test_the_command_shows_what_scripts_need(call, job_id):
    code, printed = call("show", job_id, "--json")
    assert code == 0
    named = "id kind status state processed total attempts interruptions error_message"
    assert set(named.split()) <= set(printed)
    assert (printed["id"], printed["state"]) == (job_id, "queued")


def test_the_command_lists(call, job_id):
    code, printed = call("list", "--json")
    assert (code, [job["id"] for job in printed["jobs"]]) == (0, [job_id])
    assert call("list", "--status", "failed", "--json") == (0, {"jobs": []})


def test_the_command_cancels_once(call, job_id):
    code, printed = call("cancel", job_id, "--json")
    assert (code, printed["status"]) == (0, "cancelled")
    code, printed = call("cancel", job_id, "--json")
    assert code == 1
    assert "already ended" in printed


def test_the_command_says_hello(call):
    code, printed = call("hello", "--json")
    assert (code, printed["kind"], printed["status"]) == (0, "hello_world", "pending")


def test_an_unknown_job_is_named(call):
    code, printed = call("show", "0123456789abcdef", "--json")
    assert code == 1
    assert "There is no job 0123456789abcdef" in printed
