"""`demo run`, `checkpoint` and `resume`: figures that are counted, places that are named (D9)."""

import pytest

from tests.installation import wait_for
from webapp.commerce.jobs import STYLES
from webapp.db import writing
from webapp.demo.performances import begin
from webapp.demo.stages import STAGES
from webapp.extensions import kernel
from webapp.hello.jobs import say_hello

INTERRUPTED_ONCE = {"status": "completed", "interruptions": 1, "duplicates": 0, "missed": 0}


def is_in(part, whole):
    return {name: whole[name] for name in part} == part


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize(
    ("name", "items", "processed"), [("orders", 120, 120), ("reports", 4, 200), ("campaign", 60, 60)]
)
def test_each_job_is_run_interrupted_and_reckoned_up_again_and_again(call, worker, name, items, processed, style):
    for _ in range(2):
        asked = ("--style", style, "--items", str(items), "--interrupt-after", "30", "--json")
        code, figures = call("run", name, *asked)
        assert code == 0
        assert is_in(INTERRUPTED_ONCE | {"processed": processed}, figures)
        assert figures["checkpoints"] > 1


@pytest.mark.parametrize("style", STYLES)
def test_a_job_that_is_paused_says_where_it_stands_and_is_resumed(app, call, style):
    with app.app_context():
        job = begin(STAGES["orders"], style, items=200)
        kernel.interrupt(job.id, after_items=100)
        kernel.run(job.id)
        kernel.pause(job.id)
    code, facts = call("checkpoint", job.id, "--json")
    assert (code, facts["item"], facts["processed"]) == (0, "order S-00100", 100)
    assert "behind order S-00100: 100 of 200 orders done" in call("checkpoint", job.id)[1]


@pytest.fixture
def job(app):
    """A job that no worker may have yet: its queue is paused."""
    with app.app_context():
        kernel.queues.pause("default", by="the test")
        return begin(STAGES["orders"], "steps", items=120, delay=0.02)


def test_a_paused_job_is_followed_to_its_end(app, call, job, worker):
    with app.app_context():
        assert kernel.pause(job.id).state == "paused"
        kernel.queues.resume("default")
    code, figures = call("resume", job.id, "--json")
    assert (code, figures["processed"]) == (0, 120)


def test_a_job_that_is_about_to_pause_is_followed_to_its_end(app, call, job, worker):
    with app.app_context():
        kernel.queues.resume("default")
        wait_for("worker", lambda: kernel.find(job.id).state == "running")
        assert kernel.pause(job.id).state == "pausing"
    code, figures = call("resume", job.id, "--json")
    assert (code, figures["processed"]) == (0, 120)


def test_what_is_no_demonstration_or_is_not_there_is_said(call, app):
    with app.app_context():
        with writing() as session:
            job = say_hello(session, None)
    for command in ("checkpoint", "resume"):
        assert "does not belong to a demonstration" in call(command, job.id)[1]
    assert "has fewer" in call("run", "orders", "--items", "10", "--interrupt-at", "11")[1]


def test_nothing_leaves_for_a_mail_server_that_is_elsewhere(make_app):
    app = make_app({"SMTP_URL": "smtp://mail.example.org"})
    done = app.test_cli_runner().invoke(args=["demo", "run", "campaign", "--items", "5"])
    assert done.exit_code == 1
    assert "mail.example.org" in done.output


def test_both_styles_are_compared_with_a_loop_that_saves_nothing(call):
    code, compared = call("compare", "--items", "8", "--json")
    assert code == 0
    ways = ["loop", *STYLES]
    assert {name: [each["way"] for each in found] for name, found in compared.items()} == dict.fromkeys(STAGES, ways)
    for found in compared.values():
        assert {(each["items"], each["duplicates"], each["missed"]) for each in found} == {(found[0]["items"], 0, 0)}
        assert [each["checkpoints"] > 0 for each in found] == [False, True, True]
