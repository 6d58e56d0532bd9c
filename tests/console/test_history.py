"""Who did it: in a job's history on its page, and in what commands print."""

import re

import pytest

from webapp.extensions import kernel


@pytest.fixture
def history(app, at_ada):
    """The lines of a job's history as a reader, Ada unless said, has them: the newest first."""

    def history(job_id, client=None):
        page = (client or at_ada).get(f"/jobs/{job_id}").text
        lines = re.search(rf'id="history-{job_id}">(.*?)</ol>', page, re.S)[1]
        return re.findall(r"<span>([^<]*)</span></li>", lines)

    return history


@pytest.fixture
def ask(app):
    """Asks something of a job, as somebody."""

    def ask(verb, job_id, by, **details):
        with app.app_context():
            getattr(kernel, verb)(job_id, by=by, **details)

    return ask


def test_what_is_pressed_on_a_page_names_who_pressed_it(enqueue, press, history):
    job_id = enqueue()
    for verb in ("pause", "resumption", "cancellation"):
        press(job_id, verb)
    assert history(job_id) == [
        "Ada Lovell cancelled it", "Ada Lovell resumed it", "Ada Lovell paused it", "Asked for"
    ]  # fmt: skip


def test_what_a_running_job_is_asked_names_who_asked_and_then_what_it_came_to(enqueue, press, run, plan, history):
    job_id = enqueue()
    plan["between"] = lambda: press(job_id, "cancellation")
    run(job_id)
    assert history(job_id)[:2] == [
        "Cancelled after 2 of 3 rows. What was done until then is kept.", "Ada Lovell asked to cancel it"
    ]  # fmt: skip


def test_an_interruption_says_where_and_why(enqueue, run, ask, cast, history):
    job_id = enqueue()
    ask("interrupt", job_id, cast.ada.email, at=2)
    run(job_id)
    run(job_id)
    assert history(job_id)[:-2] == [
        "Completed",
        "Went on from its last checkpoint",
        "Interrupted: it was to stop at 2; it goes on from its checkpoint",
        "Started",
    ]
    assert history(job_id)[-2] == "Ada Lovell asked to interrupt it: at 2"


def test_an_operator_at_the_command_line_has_a_name_for_admins_only(app, cast, sign_in, enqueue, ask, history):
    job_id = enqueue(cast.mia)
    ask("pause", job_id, "deploy")
    at_mia = sign_in(app.test_client(), cast.mia)
    assert [history(job_id)[0], history(job_id, at_mia)[0]] == ["deploy paused it", "An operator paused it"]


def test_somebody_of_another_organization_has_no_name(cast, enqueue, ask, history):
    job_id = enqueue()
    ask("pause", job_id, cast.otto.email)
    assert history(job_id)[0] == "An admin of another organization paused it"


def test_a_name_that_looks_like_a_place_to_fill_in_stays_a_name(cast, enqueue, ask, history):
    job_id = enqueue()
    ask("pause", job_id, "{who} {detail}")
    assert history(job_id)[0] == "{who} {detail} paused it"


def test_a_page_open_elsewhere_learns_who_did_it(app, at_ada, enqueue, press):
    job_id = enqueue()
    page = at_ada.get(f"/jobs/{job_id}").text
    press(job_id, "pause")
    address = re.search(r'id="poller" hx-get="([^"]+)"', page)[1].replace("&amp;", "&")
    assert "Ada Lovell paused it" in at_ada.get(address).text


def test_commands_name_the_user_of_the_machine(app, enqueue, monkeypatch):
    monkeypatch.setenv("LOGNAME", "deploy")
    job_id = enqueue()
    runner = app.test_cli_runner()
    runner.invoke(args=["jobs", "pause", job_id])
    assert "  paused  by deploy" in runner.invoke(args=["jobs", "show", job_id]).output
    assert '"actor": "deploy"' in runner.invoke(args=["jobs", "show", job_id, "--json"]).output
