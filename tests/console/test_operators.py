"""The page of the operators: queues, schedules, workers and what is under way; for admins, and fit for their eyes."""

import re

import pytest

from webapp.db import writing
from webapp.extensions import kernel
from webapp.hello.jobs import say_hello
from webapp.jobs import Job, clock, jobs_of
from webapp.jobs.models import JobQueue, JobSchedule, JobWorker

PAGE = "/operations"


@pytest.fixture
def at_otto(app, cast, sign_in):
    """A browser of the admin of another organization."""
    return sign_in(app.test_client(), cast.otto)


@pytest.fixture
def put(app):
    """Puts a job of somebody's into the ledger, in whatever state."""

    def put(owner_id, title, **values):
        with app.app_context(), writing() as session:
            job = session.get_one(Job, say_hello(session, None).id)
            for name, value in {"title": title, "owner_id": owner_id, **values}.items():
                setattr(job, name, value)
            return job.id

    return put


@pytest.fixture
def schedule(app):
    """Adds a schedule of the test job."""

    def schedule(name="tests.hello", **values):
        usual = {"handler": "hello_world", "arguments": {}, "rule": "every 300", "title": "Say hello", "kind": "test"}
        with app.app_context(), writing() as session:
            session.add(JobSchedule(name=name, subject_id="-", next_at=clock.now() + 80, **{**usual, **values}))
        return name

    return schedule


@pytest.fixture
def press(at_ada):
    def press(address, client=None, headers=None, **fields):
        client = client or at_ada
        data = {"csrf_token": client.token("/account"), **fields}
        return client.post(f"{PAGE}/{address}", data=data, headers=headers)

    return press


def rows(page, table):
    """The rows of a table as words; of the State column what is said and what is on offer."""
    body = re.search(rf'id="{table}-table".*?<tbody>(.*?)</tbody>', page, re.S)[1]
    unseen = r'<form class="ask-form".*?</form>|<span class="visually-hidden">.*?</span>'
    lines = [re.sub(unseen, "", line, flags=re.S) for line in re.findall(r"<tr.*?</tr>", body, re.S)]
    return [" ".join(re.sub(r"<[^>]+>", " ", line).split()) for line in lines]


def poll(client, page):
    address = re.search(r'id="poller" hx-get="([^"]+)"', page)[1].replace("&amp;", "&")
    return client.get(address)


@pytest.mark.parametrize("who", ["max", "mia"])
def test_for_all_but_admins_the_page_does_not_exist(app, cast, sign_in, who):
    client = sign_in(app.test_client(), getattr(cast, who))
    assert client.get(PAGE).status_code == 404
    assert client.get("/live?v=1&page=operations").status_code == 404
    assert PAGE not in client.get("/jobs").text
    token = client.token("/account")
    assert client.post(f"{PAGE}/queues/default/pause", data={"csrf_token": token}).status_code == 404


def test_admins_find_it_in_the_column(at_ada):
    assert f'<a href="{PAGE}" aria-current="page">Operations</a>' in at_ada.get(PAGE).text


def test_an_idle_board_says_what_is_missing(at_ada):
    page = at_ada.get(PAGE).text
    assert "No worker is running: nothing that waits will start." in page
    assert "No job is under way." in page
    assert "Nothing recurs." in page


def test_a_queue_shows_what_stands_in_it(at_ada, cast, put):
    for state in ("running", "queued", "queued", "blocked", "scheduled"):
        put(cast.ada.id, f"A {state} job", state=state)
    shown = rows(at_ada.get(PAGE).text, "queues")
    assert [row.split()[0] for row in shown] == ["dashboard", "default", "flows", "campaigns", "seeding"]
    assert shown[1] == "default Open Pause… main 1 2 1 1 just now"


def test_a_paused_queue_says_who_when_and_why_and_starts_nothing(app, at_ada, cast, put, press):
    job_id = put(cast.ada.id, "A job")
    answer = press("queues/default/pause", reason="  Moving to\nanother disk ")
    assert (answer.status_code, answer.location) == (303, PAGE)
    page = at_ada.get(PAGE).text
    assert "The queue default is paused. What runs goes on to its end." in page
    said = "default Paused Resume Ada Lovell, just now : Moving to another disk main 0 1 0 0 just now"
    assert said in rows(page, "queues")
    with app.app_context():
        assert not kernel.run_next("main")
    press("queues/default/resumption")
    with app.app_context():
        assert kernel.run_next("main")
        assert kernel.find(job_id).state == "completed"


def test_a_reason_may_be_left_out(app, press):
    press("queues/default/pause")
    with app.app_context(), writing() as session:
        assert session.get_one(JobQueue, "default").reason is None


def test_htmx_gets_no_page_for_a_pause(press):
    answer = press("queues/default/pause", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.data) == (204, b"")


@pytest.mark.parametrize("address", ["queues/none/pause", "queues/none/resumption", "schedules/none/run"])
def test_what_is_not_there_is_not_found(press, address):
    assert press(address).status_code == 404


def test_a_schedule_says_when_it_runs_and_is_switched_off_and_on(app, at_ada, schedule, press):
    name = schedule(rule="cron 0 7 * * 1", zone="Europe/Berlin", last_at=clock.now() - 120)
    line = rows(at_ada.get(PAGE).text, "schedules")[0]
    assert line == "tests.hello Say hello On Switch off Run now 0 7 * * 1, Europe/Berlin in 1 min 2 min ago"
    press(f"schedules/{name}/deactivation")
    assert rows(at_ada.get(PAGE).text, "schedules")[0].startswith("tests.hello Say hello Off Switch on Run now")
    press(f"schedules/{name}/activation")
    with app.app_context(), writing() as session:
        assert session.get_one(JobSchedule, name).enabled


def test_a_schedule_runs_now_and_leads_to_its_job(app, at_ada, schedule, press):
    answer = press(f"schedules/{schedule()}/run")
    with app.app_context(), writing() as session:
        (job,) = session.scalars(jobs_of())
    assert (answer.status_code, answer.location, job.title) == (303, f"/jobs/{job.id}", "Say hello")
    assert "Say hello" in at_ada.get(answer.location).text


def test_a_job_of_a_schedule_that_has_no_owner_is_the_admins_to_see(app, cast, at_ada, sign_in, put):
    job_id = put(None, "Expire files")
    assert at_ada.get(f"/jobs/{job_id}").status_code == 200
    assert sign_in(app.test_client(), cast.mia).get(f"/jobs/{job_id}").status_code == 404


def test_rules_of_seconds_are_said_in_words(at_ada, schedule):
    schedule(rule="every 5400")
    assert "Every 1 h 30 min" in rows(at_ada.get(PAGE).text, "schedules")[0]


def test_workers_are_at_work_or_silent(app, at_ada):
    now = clock.now()
    with app.app_context(), writing() as session:
        session.add(JobWorker(id="quay.one.41.ab", pool="main", workers=2, started_at=now - 90, seen_at=now))
        session.add(JobWorker(id="pier.42.cd", pool="main", workers=3, started_at=now - 160, seen_at=now - 130))
    assert rows(at_ada.get(PAGE).text, "workers") == [
        "main 2 At work just now 1 min ago quay.one 41",
        "main 3 Silent 2 min ago 2 min ago pier 42",
    ]


def test_what_is_under_way_has_its_place_and_leads_to_its_page(at_ada, cast, put):
    job_id = put(cast.mia.id, "Import hours.xlsx", state="running", processed=5, total=10, cursor='{"row": 5}')
    page = at_ada.get(PAGE).text
    assert rows(page, "under-way") == ["Import hours.xlsx Mia Quay, queue default Running 5 of 10 rows row 5 –"]
    assert f'href="/jobs/{job_id}"' in page


def test_of_other_organizations_there_are_counts_and_no_names(app, at_ada, at_otto, cast, put, schedule, press):
    put(cast.ada.id, "Import secret.xlsx", state="running")
    put(cast.ada.id, "Import private.xlsx")
    schedule("secret.schedule", title="Secret report", owner_id=cast.ada.id)
    press("queues/default/pause", reason="Moving")
    page = at_otto.get(PAGE).text
    assert "1 other job is under way." in page
    assert "An admin of another organization" in page
    for hidden in ("secret", "private", "Secret", "Ada", "ada@"):
        assert hidden not in page
    assert press("schedules/secret.schedule/run", client=at_otto).status_code == 404
    assert press("schedules/secret.schedule/deactivation", client=at_otto).status_code == 404


def test_figures_count_what_ended_in_the_last_hour(at_ada, cast, put):
    now = clock.now()
    for state, age in (("completed", 10), ("failed", 10), ("discarded", 10), ("failed", 3700)):
        put(cast.ada.id, "A job", state=state, updated_at=now, completed_at=now - age)
    page = at_ada.get(PAGE).text
    counts = dict(re.findall(r"<dt>([^<]+)</dt><dd>(?:<a[^>]*>)?(\d+)", page))
    assert counts["Completed in the last hour"] == "1"
    assert counts["Failed in the last hour"] == "2"


def test_the_board_follows_jobs_of_anybody_and_sends_only_what_changed(at_ada, cast, put):
    page = at_ada.get(PAGE).text
    assert poll(at_ada, page).status_code == 204
    put(cast.otto.id, "A job")
    answer = poll(at_ada, page)
    changed = re.findall(r'hx-target="#([^"]+)"', answer.text)
    assert changed == ["operations-figures", "operations-queues", "poller"]
    assert poll(at_ada, answer.text).status_code == 204
