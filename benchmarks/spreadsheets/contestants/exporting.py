"""Longshore: FOLDER INSTANCE DATASET KIND. A dataset of an instance, from the database to the whole file."""

import json
import sys
import time
from pathlib import Path

from webapp.app import create_app
from webapp.datasets.models import Dataset
from webapp.db import reading
from webapp.exports.asking import Asked
from webapp.exports.service import write
from webapp.exports.sources import DatasetSource


def export(dataset_id: int, kind: str, path: Path) -> int:
    """By the job's own service; answers how many rows it wrote."""
    with reading() as session, path.open("w+b") as file:
        dataset = session.get_one(Dataset, dataset_id)
        return write(session, DatasetSource(dataset), Asked(), kind, file, lambda done, total: None).processed_count


def main(folder: str, instance: str, dataset_id: str, kind: str) -> None:
    """Exports; prints what it took, and how large the file is."""
    with create_app({"INSTANCE_DIR": instance, "LOG_LEVEL": "WARNING"}).app_context():
        path, begun = Path(folder) / f"export.{kind}", time.perf_counter()
        rows = export(int(dataset_id), kind, path)
        seconds = time.perf_counter() - begun
    print(json.dumps({"seconds": seconds, "rows": rows, "bytes": path.stat().st_size}))


if __name__ == "__main__":
    main(*sys.argv[1:])
