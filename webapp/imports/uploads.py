"""Uploaded workbooks on disk: under random names, for their owner's eyes, gone when they are no longer needed."""

import hashlib
import secrets
import time
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from os import SEEK_END
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from webapp.sheets import MEGABYTE, FileTooLarge
from webapp.sheets.reader import spools

from .errors import QuotaReached
from .models import Upload

CHUNK = 1 << 20
KEPT_SECONDS = 24 * 3600
"""How long a workbook is kept that nobody imported, or whose import failed."""
STRAY_SECONDS = 3600
"""How long a file may lie in the folder that no upload knows: one that is just being stored is younger."""


ROWS = ".rows"
"""Ending of the file beside a workbook that keeps its rows once they have been read."""


@dataclass(frozen=True)
class Room:
    """How many bytes a person's next workbook may have: `most` by itself, and what is left of the `quota` beside those
    that are `kept`.
    """

    most: int
    quota: int
    kept: int

    def check(self, size: int) -> None:
        """Raises FileTooLarge or QuotaReached for a workbook of so many bytes, or of more."""
        if size > self.most:
            raise FileTooLarge(megabytes=-(-size // MEGABYTE), limit=self.most // MEGABYTE)
        if size > self.quota - self.kept:
            raise QuotaReached(kept=self.kept // MEGABYTE, quota=self.quota // MEGABYTE)


def store(
    folder: Path, source: BinaryIO, name: str, organization_id: int, owner_id: int, at: datetime, room: Room
) -> Upload:
    """Writes the workbook into the folder; answers its record, not yet in a session. After an error nothing stays.

    Raises FileTooLarge or QuotaReached as soon as it is known that there is no room.
    """
    room.check(_size_of(source))
    stored_as, digest, size = secrets.token_hex(16), hashlib.sha256(), 0
    path = folder / stored_as
    try:
        with path.open("xb") as file:
            path.chmod(0o600)
            while chunk := source.read(CHUNK):
                room.check(size + len(chunk))
                digest.update(chunk)
                size += file.write(chunk)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return Upload(
        id=secrets.token_hex(8),
        organization_id=organization_id,
        owner_id=owner_id,
        name=name[-255:] or "workbook.xlsx",
        stored_as=stored_as,
        size=size,
        sha256=digest.hexdigest(),
        created_at=at,
    )


def _size_of(source: BinaryIO) -> int:
    """How many bytes are to come, as far as that is known."""
    if not source.seekable():
        return 0
    here, end = source.tell(), source.seek(0, SEEK_END)
    source.seek(here)
    return end - here


def kept_bytes(session: Session, owner_id: int) -> int:
    """How many bytes of a person's workbooks are kept."""
    query = select(func.sum(Upload.size)).where(Upload.owner_id == owner_id, Upload.stored_as.is_not(None))
    return session.scalar(query) or 0


def find(session: Session, owner_id: int, upload_id: str) -> Upload | None:
    """The owner's upload, or None."""
    return session.scalar(select(Upload).where(Upload.id == upload_id, Upload.owner_id == owner_id))


def path_of(folder: Path, upload: Upload) -> Path | None:
    """Where the workbook lies; None if it is gone."""
    path = folder / upload.stored_as if upload.stored_as else None
    return path if path is not None and path.is_file() else None


def is_intact(path: Path, upload: Upload) -> bool:
    """Whether the file is still what was uploaded."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == upload.sha256


def remove(folder: Path, upload: Upload) -> None:
    """Deletes the file of an upload, and its rows."""
    remove_file(folder, upload.stored_as)


def remove_file(folder: Path, stored_as: str | None) -> None:
    """Deletes a workbook by its random name, and its rows."""
    if stored_as:
        (folder / stored_as).unlink(missing_ok=True)
        spools.remove(folder / (stored_as + ROWS))


def give_up(upload: Upload) -> str | None:
    """Forgets the file of an upload; answers its name, for whoever deletes it once that is committed. A file that
    stays behind then is a stray one.
    """
    stored_as, upload.stored_as = upload.stored_as, None
    return stored_as


def expire(session: Session, needed: Collection[str]) -> list[str | None]:
    """Gives up workbooks that have been kept long enough, but for the uploads `needed`."""
    before = datetime.fromtimestamp(time.time() - KEPT_SECONDS).astimezone()
    old = select(Upload).where(Upload.stored_as.is_not(None), Upload.created_at < before)
    return [give_up(upload) for upload in session.scalars(old) if upload.id not in needed]


def stored(session: Session) -> set[str]:
    """The names of the files that uploads have."""
    return {name for name in session.scalars(select(Upload.stored_as)) if name}


def remove_strays(folder: Path, known: Collection[str]) -> None:
    """Deletes files that no upload knows, but for young ones."""
    for path in folder.iterdir():
        # Another upload may tidy at this very moment.
        with suppress(FileNotFoundError):
            if path.name.partition(".")[0] not in known and path.stat().st_mtime < time.time() - STRAY_SECONDS:
                path.unlink()
