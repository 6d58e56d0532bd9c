"""What whatever watches over an installation is told."""

import time

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from webapp.db import db, writing
from webapp.jobs.models import JobWorker


def meet_worker(app: Flask, seen_ago: float = 0) -> None:
    now = time.time()
    with app.app_context(), writing() as session:
        session.add(JobWorker(id="worker", pool="main", workers=2, started_at=now, seen_at=now - seen_ago))


def test_a_process_that_answers_is_alive(client: FlaskClient) -> None:
    assert client.get("/livez").json == {"alive": True}


def test_with_a_worker_and_the_schema_all_is_ready(app: Flask, client: FlaskClient) -> None:
    meet_worker(app)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json) == (200, {"ready": True})


def test_without_a_worker_it_is_not(app: Flask, client: FlaskClient) -> None:
    meet_worker(app, seen_ago=3600)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json) == (503, {"ready": False, "reason": "No worker was seen lately."})


def test_with_another_schema_it_is_not(app: Flask, client: FlaskClient) -> None:
    meet_worker(app)
    with app.app_context(), writing() as session:
        session.execute(text("UPDATE alembic_version SET version_num = 'older'"))
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json == {"ready": False, "reason": "The database does not have this version's schema."}


def test_with_a_broken_database_it_is_not_but_the_process_lives(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        db.engine.dispose()
    (app.config["INSTANCE_DIR"] / "app.db").write_bytes(b"no database" * 1000)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json) == (503, {"ready": False, "reason": "The database does not answer."})
    assert client.get("/livez").json == {"alive": True}


def test_asking_for_health_leaves_no_cookie(client: FlaskClient) -> None:
    assert "Set-Cookie" not in client.get("/readyz").headers
    assert "Set-Cookie" not in client.get("/livez").headers
