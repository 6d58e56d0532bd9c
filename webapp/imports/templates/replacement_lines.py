"""Replacements as people write them: one a line, as in `N/A = blank` or `Ja = yes`."""

BLANK = "blank"
"""What stands for no value."""

Pair = tuple[str, str | None]
"""The text of a cell, and what to take instead; None makes it a blank."""


def written(text: str, instead: str | None) -> str:
    """The line for a replacement."""
    return f"{text} = {BLANK if instead is None else instead}"


def read(line: str) -> Pair:
    """The replacement that a line says; one without its sign makes its text a blank."""
    text, _, instead = (part.strip() for part in line.rpartition("=")) if "=" in line else (line, "", BLANK)
    return text, None if instead.casefold() in ("", BLANK) else instead


def is_writable(text: str, instead: str | None) -> bool:
    """Whether there is a line that says this, and nothing else."""
    line = written(text, instead)
    return line.splitlines() == [line] and read(line) == (text, instead)
