"""The project's one application."""

from django.apps import AppConfig


class Entries(AppConfig):
    """Has the table of entries."""

    name = __package__
    label = "entries"
