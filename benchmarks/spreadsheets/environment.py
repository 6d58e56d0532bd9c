"""The peers' own virtual environment: made once for each content of their requirements file, and git-ignored."""

import hashlib
import subprocess
import sys
from functools import lru_cache
from pathlib import Path

BENCHMARKS = Path(__file__).resolve().parent.parent
REQUIREMENTS = BENCHMARKS / "requirements-peers.txt"
FOLDER = BENCHMARKS / ".peers"
STAMP = FOLDER / "installed"


@lru_cache(maxsize=1)
def peers() -> str:
    """Their Python, with everything installed. Needs the network the first time."""
    python, digest = FOLDER / "bin" / "python", hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()
    if not STAMP.exists() or STAMP.read_text() != digest:
        print("Installing the peers …", file=sys.stderr, flush=True)
        subprocess.run([sys.executable, "-m", "venv", "--clear", FOLDER], check=True)
        install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement", REQUIREMENTS]
        subprocess.run([python, *install], check=True, stdout=subprocess.DEVNULL)
        STAMP.write_text(digest)
    return str(python)
