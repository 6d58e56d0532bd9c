"""Checks from the outside: the worker's part of them, and what they found."""

from sqlalchemy import select

from webapp.datasets.models import DatasetRow
from webapp.db import reading
from webapp.extensions import kernel
from webapp.imports.checks import service as checking
from webapp.imports.checks.jobs import check_of
from webapp.imports.models import CHECK

TYPED = {"columns-2-type": "decimal", "columns-0-key": "y"}
"""How a template is made from `small`: hours are numbers, the code is the key."""


def work(app, address):
    """Does the worker's part of the latest check."""
    with app.app_context(), reading() as session:
        job = check_of(session, import_id_of(address))
        assert kernel.run(job.id)


def import_id_of(address):
    return int(address.split("/")[-2])


def rows_of(app):
    with app.app_context(), reading() as session:
        return [(row.key, row.data) for row in session.scalars(select(DatasetRow).order_by(DatasetRow.key))]


def figures(app, address):
    with app.app_context(), reading() as session:
        check = checking.get(session, import_id_of(address))
        names = ("new", "changed", "unchanged", "skipped", "rejected", "repeated")
        return {name: getattr(check, name) for name in names if getattr(check, name)}


def groups(app, address):
    with app.app_context(), reading() as session:
        return list(session.scalars(checking.groups_of(import_id_of(address), CHECK)))
