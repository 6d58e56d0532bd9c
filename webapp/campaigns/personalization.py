"""The text of a message with fields in it: `Dear {first_name|friend}`. Nothing but names is looked up in a plain
mapping: no attributes, no formats, no code.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from .errors import BraceAlone, FieldUnknown

TOKEN = re.compile(r"(\{\{|\}\})|\{([a-z][a-z0-9_]*)(?:\|([^{}\r\n]*))?\}")
NEAR = 20
"""Characters of the text that are shown of a place where something is wrong."""


@dataclass(frozen=True)
class Field:
    """A place that a recipient's value goes to; those who have none get the fallback."""

    name: str
    fallback: str = ""


Part = str | Field


class Template:
    """A text with fields. Raises BraceAlone for a text that cannot be one."""

    def __init__(self, text: str):
        self._parts = list(_parts_of(text))

    @property
    def fields(self) -> list[str]:
        """The names of its fields, in the order of the text."""
        return list(dict.fromkeys(part.name for part in self._parts if isinstance(part, Field)))

    def check(self, known: Collection[str]) -> None:
        """Raises FieldUnknown for the first field that is not among the known ones."""
        for name in self.fields:
            if name not in known:
                raise FieldUnknown(name=name, known=", ".join(known))

    def render(self, values: Mapping[str, str]) -> str:
        """The text for somebody with these values; line breaks and other control characters in them become spaces."""
        return "".join(part if isinstance(part, str) else _value(part, values) for part in self._parts)


def on_one_line(text: str) -> str:
    """The text with every control character, line breaks among them, and all runs of spaces made one space."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


def _value(field: Field, values: Mapping[str, str]) -> str:
    return on_one_line(values.get(field.name, "")) or field.fallback


def _parts_of(text: str) -> list[Part]:
    parts: list[Part] = []
    end = 0
    for found in TOKEN.finditer(text):
        parts.append(_plain(text, end, found.start()))
        brace, name, fallback = found.groups()
        parts.append(brace[0] if brace else Field(name, fallback or ""))
        end = found.end()
    return [*parts, _plain(text, end, len(text))]


def _plain(text: str, start: int, end: int) -> str:
    """What stands between fields. Raises BraceAlone."""
    plain = text[start:end]
    if stray := re.search(r"[{}]", plain):
        raise BraceAlone(near=text[start + stray.start() :][:NEAR].splitlines()[0])
    return plain
