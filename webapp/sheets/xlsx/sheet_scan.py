"""What the bytes of a sheet give away while they stream by.

Searching bytes is many times cheaper than parsing them. What it reports is a reason to look closer, not a fact about
a cell: a mark inside a comment counts too.
"""

import re
from dataclasses import dataclass, field

from ..facts import Notes, Tally
from ..references import span_of

LONG_ROW = 1024 * 1024
OVERLAP = 256

# A formula at the end of its cell, or followed by an empty value: its result was never stored.
WITHOUT_RESULT = re.compile(
    rb"(?:</(?:\w+:)?f\s*>|<(?:\w+:)?f(?:\s[^>]*)?/>)\s*(?:</(?:\w+:)?c\s*>|<(?:\w+:)?v\s*/>|<(?:\w+:)?v\s*></)"
)
RESULT_ZERO = re.compile(rb"</(?:\w+:)?f\s*>\s*<(?:\w+:)?v>0</")
ERROR = re.compile(rb"""<(?:\w+:)?c\s[^>]*?\bt=["']e["']""")
HIDDEN_ROW = re.compile(rb"""<(?:\w+:)?row\s[^>]*?\bhidden=["'](?:1|true)["'][^>]*>""")
HIDDEN = re.compile(rb"""\bhidden=["'](?:1|true)["']""")
ROW_NUMBER = re.compile(rb"""\sr=["'](\d{1,7})["']""")
HIDDEN_COLUMN = re.compile(rb"""<(?:\w+:)?col\s[^>]*?\bhidden=["'](?:1|true)["'][^>]*>""")
MERGED = re.compile(rb"""<(?:\w+:)?mergeCell\s[^>]*?\bref=["']([^"']+)["']""")
REFERENCE = re.compile(rb"""\sr=["']([A-Za-z]{0,3}\d{1,7})["']""")
TEXT_RESULT = re.compile(rb"""\bt=["']str["']""")


@dataclass(slots=True)
class SheetScan:
    """What a sheet's bytes gave away so far. Feed it the part's chunks in order, then call `finish`."""

    rows: int = 0
    """Rows that hold a value or a formula; phantom rows that are merely formatted are not counted."""
    hidden_filled_rows: int = 0
    """Those among them that are hidden."""
    errors: Tally = field(default_factory=Tally)
    without_result: Tally = field(default_factory=Tally)
    notes: Notes = field(default_factory=Notes)
    has_odd_serials: bool = False
    """Numbers below 0 or from 60 to 61, which a date format turns into dates that never were."""
    _row_end: bytes = b""
    _rest: bytes = b""
    _rest_is_filled: bool = False

    def feed(self, chunk: bytes) -> None:
        """Take the next chunk of the part."""
        window = self._rest + chunk
        if not self._row_end:
            self._row_end = _row_end(window)
        *rows, rest = window.split(self._row_end)
        if rows:
            self.rows += sum(map(_is_filled, rows)) + (self._rest_is_filled and not _is_filled(rows[0]))
            if b"hidden=" in window:
                self.hidden_filled_rows += sum(map(_is_hidden, filter(_is_filled, rows)))
            self._rest_is_filled = False
            self._look(window[: len(window) - len(rest)])
        if len(rest) > LONG_ROW:
            cut = _last_start(rest)
            self._look(rest[:cut])
            self._look_at_merged(rest[:cut])
            self._rest_is_filled = self._rest_is_filled or _is_filled(rest)
            rest = rest[cut:]
        self._rest = rest

    def finish(self) -> None:
        """Look at what is left after the last row, where merged cells are listed."""
        self._look(self._rest)
        self._look_at_merged(self._rest)

    def _look(self, window: bytes) -> None:
        if b't="e"' in window or b"t='e'" in window:
            _count(self.errors, ERROR, window)
        if b"<f" in window or b":f" in window:
            self._look_at_formulas(window)
        if b"hidden=" in window:
            self._look_at_hidden(window)
        if not self.has_odd_serials:
            self.has_odd_serials = b"v>-" in window or b"v>60<" in window or b"v>60." in window

    def _look_at_formulas(self, window: bytes) -> None:
        for match in WITHOUT_RESULT.finditer(window):
            start = _cell_start(window, match.start())
            # Of a formula that makes a text, an empty result is a result.
            if not TEXT_RESULT.search(start):
                self.without_result.add(_reference(start))
        for match in RESULT_ZERO.finditer(window):
            self.notes.doubtful_results.add(_reference(_cell_start(window, match.start())))

    def _look_at_hidden(self, window: bytes) -> None:
        for match in HIDDEN_ROW.finditer(window):
            number = ROW_NUMBER.search(match[0])
            if number:
                self.notes.hide_rows(int(number[1]))
            else:
                self.notes.hidden_rows.add("")
                self.notes.hidden_ranges.is_complete = False
        for match in HIDDEN_COLUMN.finditer(window):
            ends = dict(re.findall(rb"""\b(min|max)=["'](\d{1,5})["']""", match[0]))
            if len(ends) == 2:
                self.notes.hide_columns(int(ends[b"min"]) - 1, int(ends[b"max"]) - 1)

    def _look_at_merged(self, window: bytes) -> None:
        for match in MERGED.finditer(window):
            span = span_of(match[1].decode("ascii", "ignore"))
            if span:
                self.notes.merge(span)


def _count(tally: Tally, pattern: re.Pattern[bytes], window: bytes) -> None:
    for match in pattern.finditer(window):
        # What follows the mark in the start tag may hold the reference.
        tally.add(_reference(window[match.start() : match.end() + 100].partition(b">")[0]))


def _cell_start(window: bytes, before: int) -> bytes:
    """The start tag of the cell that is open at this place."""
    start = window.rfind(b"<c ", 0, before)
    return window[start : window.find(b">", start)] if start >= 0 else b""


def _reference(tag: bytes) -> str:
    match = REFERENCE.search(tag)
    return match[1].decode() if match else ""


def _last_start(rest: bytes) -> int:
    """Where the last cell or merged range of an unfinished row begins."""
    return max(rest.rfind(b"<c "), rest.rfind(b"<mergeCell ")) if b"<c " in rest[1:] else len(rest) - OVERLAP


def _is_filled(row: bytes) -> bool:
    return b"v>" in row or b"is>" in row or b"f>" in row


def _is_hidden(row: bytes) -> bool:
    """Whether the last row that begins in these bytes is hidden; rows without any cell may come before it."""
    start = max(row.rfind(b"<row "), row.rfind(b":row "))
    return start >= 0 and HIDDEN.search(row[start : row.find(b">", start)]) is not None


def _row_end(window: bytes) -> bytes:
    """The closing tag of a row, with the prefix that this sheet uses for its elements."""
    prefix = re.search(rb"<((?:\w+:)?)worksheet[\s>]", window)
    return b"</" + (prefix[1] if prefix else b"") + b"row>"
