"""The text of a cell, put together from its paragraphs (OpenDocument 1.3 part 3, 6.1)."""

import re
from collections.abc import Mapping

BLANKS = re.compile(r"[ \t\r\n]+")
MOST_SPACES = 32_767
COUNT = "urn:oasis:names:tc:opendocument:xmlns:text:1.0 c"


class CellText:
    """Takes what stands in a cell, in order. White space in the markup counts as one space, none at the ends."""

    def __init__(self) -> None:
        self._paragraphs: list[str] = []

    def clear(self) -> None:
        """The next cell begins."""
        self._paragraphs.clear()

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """An element of text begins."""
        if name in ("text:p", "text:h"):
            self._paragraphs.append("")
        elif name == "text:s":
            count = attributes.get(COUNT, "1")
            self._add("\u0000" * min(int(count), MOST_SPACES) if count.isdecimal() else "\u0000")
        elif name == "text:tab":
            self._add("\t")
        elif name == "text:line-break":
            self._add("\n")

    def characters(self, text: str) -> None:
        """Characters between elements; outside of paragraphs they are indentation."""
        if not self._paragraphs:
            return
        before = self._paragraphs[-1]
        if not text.isalnum():
            text = BLANKS.sub(" ", text)
            if before[-1:] in ("", " "):
                text = text.removeprefix(" ")
        self._paragraphs[-1] = before + text

    @property
    def text(self) -> str:
        """The text so far, paragraphs on lines of their own."""
        # Spaces that are written as elements are kept; XML holds no zero characters that could be taken for them.
        if len(self._paragraphs) == 1:
            return self._paragraphs[0].strip(" ").replace("\0", " ")
        return "\n".join([paragraph.strip(" ") for paragraph in self._paragraphs]).replace("\0", " ")

    def _add(self, text: str) -> None:
        if self._paragraphs:
            self._paragraphs[-1] += text
