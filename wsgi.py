"""The application, for gunicorn and for `bin/flask`."""

import sys

from webapp.app import create_app
from webapp.config import InvalidSettings
from webapp.instance import UnusableInstance

try:
    app = create_app()
except (InvalidSettings, UnusableInstance) as problem:
    sys.exit(str(problem))
