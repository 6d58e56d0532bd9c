"""The few nouns in the left column of every page."""

from flask import Flask, current_app, request, url_for
from flask_login import current_user

NOUNS = (
    ("Imports", "imports.index"),
    ("Datasets", "datasets.index"),
    ("Exports", "exports.index"),
    ("Orders", "orders.index"),
    ("Customers", "customers.index"),
    ("Campaigns", "campaigns.index"),
    ("Jobs", "jobs.index"),
)
"""What each is called, and the endpoint of its first page."""
PARTS = {"import_templates": "imports", "mappings": "imports", "after_imports": "imports", "checks": "imports"}
"""Rooms whose pages belong to those of another one."""
OF_ADMINS = (("Operations", "operations.index"), ("Demonstration", "demo.index"))


def init_app(app: Flask) -> None:
    """Gives templates the variable `navigation`."""
    app.context_processor(lambda: {"navigation": navigation()})


def navigation() -> list[tuple[str, str, bool]]:
    """Label, address, and whether the reader is in that room now; nothing for those who are not signed in."""
    if not current_user.is_authenticated:
        return []
    nouns = NOUNS + (OF_ADMINS if current_user.is_admin else ())
    rooms = [(label, endpoint) for label, endpoint in nouns if endpoint in current_app.view_functions]
    here = PARTS.get(request.blueprint or "", request.blueprint)
    return [(label, url_for(endpoint), endpoint.split(".")[0] == here) for label, endpoint in rooms]
