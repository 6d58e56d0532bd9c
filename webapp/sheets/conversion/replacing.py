"""Cells whose text a template has replaced before it is read."""

from collections.abc import Sequence

from ..cells import Cell, as_text
from .words import folded


class Replacements:
    """Replaces the texts of one column, whatever their case and spaces; marks such as #N/A are texts here as well."""

    def __init__(self, pairs: Sequence[tuple[str, str | None]]) -> None:
        """A text, and what to take instead: another text, or None for a blank. What is said last counts."""
        self._instead = {folded(text): instead for text, instead in pairs}
        self._longest = max((len(text) for text, _ in pairs), default=0) * 4 + 100

    def made_in(self, cells: Sequence[Cell]) -> list[Cell]:
        """The cells, with each text that is replaced by its replacement."""
        return [self._instead_of(cell) for cell in cells]

    def _instead_of(self, cell: Cell) -> Cell:
        text = cell if isinstance(cell, str) else as_text(cell)
        # Of a text that is far longer than any of those sought, nothing has to be folded.
        return cell if not text or len(text) > self._longest else self._instead.get(folded(text), cell)
