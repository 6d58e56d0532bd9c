"""Texts made into the cells of a sheet's XML, so that they stay texts and come back byte for byte."""

import re
from collections.abc import Callable, Sequence
from typing import Any

from . import notes
from .styles import Style
from .values import IN_FORMULAS

LONGEST = 32_767
"""Characters of UTF-16 in a cell."""
NO_CHARACTER = re.compile("[\ud800-\udfff\ufffe\uffff]")
"""Code points that stand for nothing: halves of characters, and those that Unicode keeps free for ever."""
IMPOSSIBLE = "\x00-\x08\x0b-\x1f"
"""Characters that XML cannot hold."""
SPECIAL = re.compile(f"[&<>{IMPOSSIBLE}]|_(?=x[0-9A-Fa-f]{{4}}[_{IMPOSSIBLE}])")
"""What is not written as it is, and the beginning of what looks like, or would become, the replacement of such a
character (ST_Xstring, ECMA-376 part 1, 22.9.2.19).
"""
ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
BLANK = f'" s="{Style.TEXT:d}"/>'
START = '" s="%d" t="inlineStr"><is><t xml:space="preserve">'
PLAIN = START % Style.TEXT
END = "</t></is></c>"


def fast_texts(values: Sequence[Any], _number: Style) -> list[str] | None:
    """The cells of a batch of texts, None if one of them has to be altered."""
    texts = [value for value in values if value]
    joined = "\n".join(texts)
    if NO_CHARACTER.search(joined) or max(map(len, texts), default=0) * 2 > LONGEST:
        return None
    starts = [START % Style.QUOTED if value and value.startswith(IN_FORMULAS) else PLAIN for value in values]
    if SPECIAL.search(joined):
        values = [value and escaped(value) for value in values]
    return [f"{start}{value}{END}" if value else BLANK for start, value in zip(starts, values, strict=True)]


def one_text(value: str, _number: Style, notice: Callable[[str], None]) -> str:
    """The cell of a text; one that is too long for a cell is cut, and unreadable characters are replaced."""
    if not value:
        return BLANK
    style = Style.QUOTED if value.startswith(IN_FORMULAS) else Style.TEXT
    if NO_CHARACTER.search(value):
        notice(notes.UNREADABLE)
        value = NO_CHARACTER.sub("\ufffd", value)
    if len(value) * 2 > LONGEST and len(value.encode("utf-16-le")) > LONGEST * 2:
        notice(notes.LONG_TEXT)
        value = value.encode("utf-16-le")[: LONGEST * 2].decode("utf-16-le", "ignore")
    return _cell(escaped(value), style)


def header_cell(text: str) -> str:
    """The cell of a column's name."""
    return _cell(escaped(text.encode(errors="replace").decode()), Style.HEADER)


def escaped(text: str) -> str:
    """The text as XML holds it: reserved characters as entities, impossible ones as _xHHHH_."""
    return SPECIAL.sub(_replacement, text)


def _cell(text: str, style: Style) -> str:
    return f"{START % style}{text}{END}"


def _replacement(found: re.Match[str]) -> str:
    character = found[0]
    return ENTITIES.get(character) or f"_x{ord(character):04X}_"
