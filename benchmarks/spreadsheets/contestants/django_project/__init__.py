"""A Django project with one model, for django-import-export."""
