"""django-import-export: FOLDER FILE RESOURCE. From a workbook into a table with a key, as its admin does it."""

import json
import sys
import time
from pathlib import Path

import django
from django.conf import settings
from django.core.management import call_command


def furnish(folder: str) -> None:
    """The project, with its one SQLite database in WAL mode in that folder."""
    pragmas = "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL"
    engine = {"ENGINE": "django.db.backends.sqlite3", "OPTIONS": {"init_command": pragmas}}
    apps = ["django.contrib.contenttypes", "import_export", f"{__package__}.apps.Entries"]
    databases = {"default": {**engine, "NAME": f"{folder}/project.db"}}
    settings.configure(INSTALLED_APPS=apps, DATABASES=databases, USE_TZ=False, SECRET_KEY="of nobody")
    django.setup()
    call_command("migrate", run_syncdb=True, verbosity=0)


def load(file: str, name: str) -> int:
    """Imports the first sheet; answers how many rows the table has then."""
    from import_export.formats.base_formats import XLSX

    from . import models, resources

    sheet = XLSX().create_dataset(Path(file).read_bytes())
    getattr(resources, name)().import_data(sheet, raise_errors=True)
    return models.Entry.objects.count()


if __name__ == "__main__":
    furnish(sys.argv[1])
    begun = time.perf_counter()
    count = load(*sys.argv[2:])
    print(json.dumps({"seconds": time.perf_counter() - begun, "rows": count}))
