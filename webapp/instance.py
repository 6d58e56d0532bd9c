"""The instance folder: all state of one installation, and the key that signs what leaves it."""

import os
import secrets
from errno import EACCES
from pathlib import Path

FOLDERS = ("uploads", "exports", "backups", "outbox")


class UnusableInstance(Exception):
    """The instance folder cannot be used."""

    def __init__(self, problem: str):
        super().__init__(f"{self.__doc__} {problem}")


def prepare(folder: Path) -> str:
    """Makes the folder and what it needs, for its owner's eyes only; answers the secret key, made once.

    Raises UnusableInstance.
    """
    try:
        for path in (folder, *(folder / name for name in FOLDERS)):
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not os.access(path, os.W_OK | os.X_OK):
                raise PermissionError(EACCES, os.strerror(EACCES), str(path))
        return _secret_key(folder / "secret_key")
    except OSError as error:
        raise UnusableInstance(f"{error.filename}: {error.strerror}. Check its owner and its permissions.") from None


def _secret_key(path: Path) -> str:
    if not path.exists():
        _write_once(path, secrets.token_urlsafe(48))
    key = path.read_text().strip()
    if len(key) < 32:
        raise UnusableInstance(
            f"{path} holds no key. Restore it from a backup, or remove it: everybody is signed out then."
        )
    if path.stat().st_mode & 0o077:
        raise UnusableInstance(f"{path} can be read by others. Run: chmod 600 {path}")
    return key


def _write_once(path: Path, text: str) -> None:
    """Writes the file whole or not at all; of two that do so at once, one wins, and both go on with its text."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
