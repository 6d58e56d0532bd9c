"""`bin/flask orders …` and `customers …`, as scripts call them."""

import json

import pytest


@pytest.fixture
def call(app, cast):
    """Calls a command; answers its exit code and what it prints: the object, or the text."""

    def call(*arguments):
        done = app.test_cli_runner().invoke(args=[*arguments], catch_exceptions=False)
        return done.exit_code, json.loads(done.stdout) if done.stdout.startswith("{") else done.output

    return call


def test_orders_are_processed_and_listed(call, stocked, worker):
    stocked(30, of=3)
    code, job = call("orders", "process", "--wait", "--json")
    assert (code, job["status"], job["processed"], job["failed_items"]) == (0, "completed", 30, 3)
    assert job["outcome"] == "27 of 30 orders processed, 3 invalid."
    _, printed = call("orders", "list", "--status", "invalid", "--json")
    assert [order["number"] for order in printed["orders"]] == ["O00029", "O00019", "O00009"]
    assert printed["orders"][2]["problem"].startswith("The order has no lines.")
    _, printed = call("orders", "list", "--search", "O00000", "--json")
    assert printed["orders"] == [
        {"number": "O00000", "customer": "C0000", "ordered_on": "2026-01-05", "status": "processed", "problem": None}
        | {"total": "46.29"}
    ]


@pytest.mark.parametrize("style", ["iteration", "steps"])
def test_reports_are_made_in_either_style(call, stocked, worker, style):
    stocked(8, of=2, bad_every=100)
    code, job = call("customers", "report", "--style", style, "--owner", "mia@example.org", "--wait", "--json")
    assert (code, job["outcome"]) == (0, "2 reports made, of 8 orders.")
    assert job["handler"] == (
        "commerce.report_customers" if style == "iteration" else "commerce.report_customers_in_steps"
    )


def test_without_waiting_the_job_is_on_its_way(call, stocked):
    stocked(5, of=1)
    code, job = call("orders", "process", "--style", "steps", "--delay", "0.5", "--json")
    assert (code, job["status"], job["title"]) == (0, "pending", "Process 5 orders in steps")


def test_customers_are_listed_with_their_orders(call, stocked):
    stocked(5, of=2, bad_every=100)
    _, printed = call("customers", "list", "--json")
    assert [(each["number"], each["discount"], each["orders"]) for each in printed["customers"]] == [
        ("C0000", "0.00", 3), ("C0001", "2.50", 2)
    ]  # fmt: skip
    assert call("customers", "list", "--limit", "1")[1].startswith("C0000\tChandlery 0\t")


def test_everything_is_said_in_words_too(call, stocked):
    stocked(1, of=1)
    assert call("orders", "list")[1] == "O00000\tC0000\t2026-01-05\tnew\t\t\n"


@pytest.mark.parametrize("arguments", [("orders", "process"), ("customers", "report")])
def test_where_there_is_nothing_to_do_a_sentence_says_so(call, arguments):
    code, printed = call(*arguments)
    assert code == 1
    assert "There is no" in printed


def test_an_owner_sees_their_own_organization_only(call, stocked):
    stocked(3, of=1)
    assert call("orders", "list", "--owner", "otto@example.org", "--json") == (0, {"orders": []})
    code, printed = call("orders", "list", "--owner", "nobody@example.org")
    assert code == 1
    assert "nobody@example.org" in printed
