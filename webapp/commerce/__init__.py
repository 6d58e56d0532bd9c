"""Customers and their orders: processed by jobs, and reported on by jobs."""

from flask import Flask

from webapp.web import live

from . import built_in, cli, pages, routes


def init_app(app: Flask) -> None:
    """Adds the room to the application."""
    built_in.register()
    for blueprint in (routes.orders, routes.customers):
        app.register_blueprint(blueprint)
    for group in (cli.orders_group, cli.customers_group):
        app.cli.add_command(group)
    live.register(app, "orders", pages.orders_page)
    live.register(app, "customers", pages.customers_page)
