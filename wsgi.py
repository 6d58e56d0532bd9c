"""The application, for gunicorn and for `bin/flask`."""

import os
import sys

from webapp.app import create_app
from webapp.config import InvalidSettings
from webapp.instance import UnusableInstance

os.umask(0o077)  # whatever this process writes is for its owner's eyes only

try:
    app = create_app()
except (InvalidSettings, UnusableInstance) as problem:
    sys.exit(str(problem))
