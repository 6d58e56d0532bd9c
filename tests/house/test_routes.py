"""The rules of routes: each says who may use it, none changes anything when it is only looked at, none leaks."""

import sqlite3
from contextlib import closing
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from tests.conftest import Cast, Member, SignIn
from tests.linting import LintingClient
from webapp.accounts.moments import now
from webapp.campaigns.models import Campaign, Recipient
from webapp.commerce.models import Customer, CustomerReport, Order
from webapp.datasets.models import Dataset, DatasetColumn, DatasetRow
from webapp.db import writing
from webapp.exports.asking import Asked
from webapp.exports.models import Export
from webapp.extensions import kernel
from webapp.imports.jobs import run_import
from webapp.imports.models import (
    CHECK,
    RUN,
    Check,
    CheckedRow,
    HeaderMapping,
    Import,
    ImportTemplate,
    KeptRow,
    ProblemGroup,
    RejectedCell,
    RejectedRow,
    TemplateVersion,
    Upload,
)
from webapp.imports.targets.history import ImportChange
from webapp.web.policy import Policy, policy_of

OPEN_TO_ANYONE = {
    "static",
    "assets",
    "health.livez",
    "health.readyz",
    "accounts.home",
    "accounts.sign_in",
    "accounts.sign_out",
    "accounts.first_admin",
    "unsubscribing.page",
    "unsubscribing.press",
}
WITHOUT_TOKEN = {"unsubscribing.press"}
"""What programs of mail press (RFC 8058): the link itself is signed."""
CANARY = "Kanarienvogel-71"
Values = dict[str, str | int]


@pytest.fixture
def values(app: Flask, cast: Cast) -> Values:
    """What the arguments of routes may be: the ids of things of Ada's, each full of canaries."""
    with app.app_context(), writing() as session:
        dataset, upload = canary_dataset(cast.ada), canary_upload(cast.ada)
        template = canary_template(cast.ada, dataset)
        record = Import(template=template, upload=upload, sheet=CANARY, header_row=1, created_by=cast.ada.id)
        record.created_at, record.version = now(), template.versions[0]
        session.add_all([dataset, template, upload, record])
        session.flush()
        session.add_all([canary_row(dataset), *canaries_of_import(record)])
        about: dict[str, Any] = {"subject": ("import", template.id), "title": f"Import {CANARY}.xlsx"}
        job = kernel.enqueue(session, run_import, owner=cast.ada.id, import_id=record.id, turn="", **about)
        return {
            "template_id": template.id,
            "import_id": record.id,
            "number": template.number,
            "dataset_id": dataset.id,
            "export_id": canary_export(app, session, dataset, cast.ada),
            "job_id": job.id,
            "upload_id": upload.id,
            **commerce_of(session, cast.ada.organization_id),
            **campaign_of(session, cast.ada.organization_id),
            "token": "none",
            "session_id": "none",
            "name": "none",
            "filename": "img/favicon.svg",
        }


def canary_dataset(owner: Member) -> Dataset:
    dataset = Dataset(organization_id=owner.organization_id, name=f"{CANARY} hours")
    dataset.created_at = dataset.updated_at = now()
    dataset.columns = [DatasetColumn(position=0, field="note", header=f"{CANARY} note", type="text")]
    return dataset


def canary_row(dataset: Dataset) -> DatasetRow:
    data = f'{{"note":"{CANARY}"}}'
    return DatasetRow(dataset_id=dataset.id, data=data, created_at=now(), updated_at=now(), key=None)


def canary_template(owner: Member, dataset: Dataset) -> ImportTemplate:
    template = ImportTemplate(organization_id=owner.organization_id, dataset=dataset, name=f"{CANARY} template")
    template.created_by, template.created_at = owner.id, now()
    stored = f'[{{"header":"{CANARY} note","field":"note"}}]'
    template.versions = [TemplateVersion(number=1, stored_columns=stored, created_by=owner.id, created_at=now())]
    return template


def canary_upload(owner: Member) -> Upload:
    upload = Upload(id="feedfeedfeedfeed", name=f"{CANARY}.xlsx", stored_as=None, size=1, sha256="0" * 64)
    upload.organization_id, upload.owner_id, upload.created_at = owner.organization_id, owner.id, now()
    return upload


def canaries_of_import(record: Import) -> list[Any]:
    """Whatever is kept of an import: its check, what it rejected, changed and kept, and how its header was used."""
    record.header, record.rejected, record.kept = f'["{CANARY} note"]', 1, 1
    this, place = {"import_id": record.id}, {"sheet": CANARY, "row": 2, "column": "A", "header": CANARY}
    group = {"field": "note", "header": CANARY, "code": "x", "value": CANARY, "reason": "No.", "count": 1}
    mapping = {"template_id": record.template_id, "fingerprint": "0" * 64, "mapping": f'{{"{CANARY}":null}}'}
    return [
        RejectedCell(**this, **place, value=CANARY, code="x", reason="No."),
        RejectedRow(**this, row=2, cells=f'["{CANARY}"]'),
        *(ProblemGroup(**this, **group, phase=phase, first_row=2) for phase in (CHECK, RUN)),
        Check(**this, data_version=0, new=1, changed=1, finished_at=now()),
        CheckedRow(**this, row=2, becomes="new", fields=f'{{"note":["","{CANARY}"]}}'),
        KeptRow(**this, target_row=1, name=CANARY, reason="Changed since."),
        ImportChange(**this, row_id=1, before=f'{{"note":"{CANARY}"}}', after="0" * 64),
        HeaderMapping(**mapping, updated_at=now()),
    ]


def canary_export(app: Flask, session: Session, dataset: Dataset, owner: Member) -> int:
    """An export of the dataset, with its file."""
    export = Export(dataset=dataset, created_by=owner.id, created_at=now(), format="csv", name=f"{CANARY}.csv")
    export.organization_id, export.asked, export.stored_as = owner.organization_id, Asked().stored, CANARY
    export.rows, export.size, export.finished_at, export.expires_at = 1, 9, now(), now() + timedelta(days=1)
    (app.config["INSTANCE_DIR"] / "exports" / CANARY).write_text(CANARY)
    session.add(export)
    session.flush()
    return export.id


def commerce_of(session: Session, organization_id: int) -> Values:
    """A customer with an order and a report, full of canaries."""
    customer = Customer(organization_id=organization_id, number=CANARY, name=f"{CANARY} chandlery")
    order = Order(organization_id=organization_id, customer=customer, number=CANARY, ordered_on=now().date())
    report = CustomerReport(customer=customer, run="run", expected_orders=1, document=CANARY, made_at=now())
    session.add_all([customer, order, report])
    session.flush()
    return {"customer_id": customer.id, "order_id": order.id, "report_id": report.id}


def campaign_of(session: Session, organization_id: int) -> Values:
    """A campaign with a recipient, full of canaries."""
    campaign = Campaign(organization_id=organization_id, name=f"{CANARY} news", subject=CANARY, body=CANARY)
    campaign.created_at = now()
    session.add(campaign)
    session.flush()
    session.add(Recipient(campaign_id=campaign.id, email=f"{CANARY}@example.org", name=CANARY))
    return {"campaign_id": campaign.id}


def addresses(app: Flask, method: str, values: Values, *, of_things: bool = False) -> list[tuple[Rule, str]]:
    """The rules that take this method, with an address for each; `of_things`: those with something's id only."""
    with app.test_request_context():
        urls = app.url_map.bind("localhost")
        return [
            (rule, urls.build(rule.endpoint, {name: values[name] for name in rule.arguments}, method=method))
            for rule in app.url_map.iter_rules()
            if rule.methods
            and method in rule.methods
            and (rule.arguments - {"filename", "name", "token"} or not of_things)
        ]


def dump(app: Flask) -> str:
    with closing(sqlite3.connect(app.config["INSTANCE_DIR"] / "app.db")) as connection:
        return "\n".join(connection.iterdump())


def test_every_route_says_who_may_use_it(app: Flask) -> None:
    policies = {rule.endpoint: policy_of(app, rule.endpoint) for rule in app.url_map.iter_rules()}
    assert {endpoint for endpoint, policy in policies.items() if policy is Policy.ANYONE} == OPEN_TO_ANYONE


def test_a_stranger_is_asked_to_sign_in_everywhere_else(app: Flask, client: FlaskClient, values: Values) -> None:
    for rule, address in [*addresses(app, "GET", values), *addresses(app, "POST", values)]:
        if rule.endpoint not in OPEN_TO_ANYONE:
            answer = client.open(address, method="GET" if "GET" in rule.methods else "POST")
            assert (answer.status_code, answer.location.split("?")[0]) == (303, "/sign-in"), address


def test_looking_changes_nothing(app: Flask, at_ada: FlaskClient, values: Values) -> None:
    before = dump(app)
    for method in ("GET", "HEAD"):
        for _, address in addresses(app, "GET", values):
            assert at_ada.open(address, method=method).status_code != 500, address
            assert dump(app) == before, f"{method} {address} changed the database"


def test_no_form_is_taken_without_its_token(app: Flask, at_ada: FlaskClient, values: Values) -> None:
    before = dump(app)
    for rule, address in addresses(app, "POST", values):
        if rule.endpoint in WITHOUT_TOKEN:
            continue
        for headers in ({}, {"HX-Request": "true"}):
            assert at_ada.post(address, headers=headers).status_code == 400, address
    assert dump(app) == before


def test_the_owner_finds_her_things(app: Flask, at_ada: FlaskClient, values: Values) -> None:
    for _, address in addresses(app, "GET", values, of_things=True):
        if not address.startswith("/uploads/"):  # its file is gone, and the page says so
            answer = at_ada.get(address)
            assert CANARY in answer.get_data().decode(errors="replace") + str(answer.headers), address


def test_another_organization_cannot_tell_that_they_exist(
    app: Flask, client: FlaskClient, cast: Cast, sign_in: SignIn, values: Values
) -> None:
    sign_in(client, cast.otto)
    nothing: Values = {name: 999_999 if isinstance(value, int) else "f" * 16 for name, value in values.items()}
    pairs = zip(
        addresses(app, "GET", values, of_things=True), addresses(app, "GET", nothing, of_things=True), strict=True
    )
    for (_, theirs), (_, missing) in pairs:
        answers = [client.get(address) for address in (theirs, missing)]
        assert [answer.status_code for answer in answers] == [404, 404], theirs
        assert _content(answers[0].text) == _content(answers[1].text)


def test_another_organization_changes_nothing_of_theirs(
    app: Flask, client: LintingClient, cast: Cast, sign_in: SignIn, values: Values
) -> None:
    sign_in(client, cast.otto)
    token, before = client.token("/account"), dump(app)
    for _, address in addresses(app, "POST", values, of_things=True):
        assert client.post(address, data={"csrf_token": token}).status_code == 404, address
    assert dump(app) == before


@pytest.mark.parametrize("who", ["otto", "stranger"])
def test_nothing_of_theirs_shows_on_any_page(
    app: Flask, client: FlaskClient, cast: Cast, sign_in: SignIn, values: Values, who: str
) -> None:
    if who == "otto":
        sign_in(client, cast.otto)
    for _, address in addresses(app, "GET", values):
        answer = client.get(address, query_string={"q": "Kanarien", "page": "jobs"})
        assert CANARY not in answer.text + str(answer.headers), address


def test_a_job_is_seen_by_its_owner_and_the_admin_only(app: Flask, cast: Cast, sign_in: SignIn, values: Values) -> None:
    address = f"/jobs/{values['job_id']}"
    seen = [sign_in(app.test_client(), member).get(address).status_code for member in (cast.ada, cast.mia, cast.otto)]
    assert seen == [200, 404, 404]


def _content(html: str) -> str:
    return html[html.index("<main") : html.index("</main>")]
