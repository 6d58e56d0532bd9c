"""The names in a header matched with the columns that a template expects."""

from collections.abc import Mapping as Choices
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from ..headers import Header, comparable
from ..refusals import ColumnsMissing, ColumnsRepeated, MappingUnfit
from .columns import Column

MATCHED, ALIAS, GUESSED, CHOSEN, MISSING = "matched", "alias", "guessed", "chosen", "missing"
CLOSE = 0.85
"""Share of letters, of both names, that have to be the same in the same order for a guess."""
SHORTEST_GUESSED = 4
MOST_COMPARED = 40_000
"""Pairs of names beyond which nothing is guessed."""


@dataclass(frozen=True, slots=True)
class Match:
    """How a column of the template was found. `how` is one of MATCHED (by its header), ALIAS (by another header of its
    own), CHOSEN (by a person), GUESSED (a similar name, for a person to confirm; the column is missing until then) and
    MISSING. `label` is the name in the sheet, also of a guess.
    """

    column: Column
    how: str
    label: str | None = None


@dataclass(frozen=True, slots=True)
class Mapping:
    """Where the columns of a template are: `positions[i]` is the place, from 0, of column i, None if it is missing."""

    positions: tuple[int | None, ...]
    missing: tuple[str, ...]
    """Headers of the template's columns that the sheet does not have, those with a guess among them."""
    extra: tuple[str, ...]
    """Labels of the sheet's columns that the template does not know; they are left out."""
    matches: tuple[Match, ...] = ()
    """How each column was found, in the order of the template."""
    ignored: tuple[str, ...] = ()
    """Labels that a person left out on purpose."""

    @property
    def proposed(self) -> dict[str, str | None]:
        """The field for each label, guesses among them, None for what is left out: to be confirmed, and handed to
        `match_headers` then.
        """
        taken = {match.label: match.column.field for match in self.matches if match.label is not None}
        return taken | dict.fromkeys((label for label in (*self.extra, *self.ignored) if label not in taken), None)


def match_headers(
    columns: Sequence[Column], header: Header, mapping: Choices[str, str | None] | None = None
) -> Mapping:
    """Find each column's place: where `mapping` says, which has the field for a label, or None to leave it out; else
    by its header; else by its aliases, in their order. A similar name is no more than a guess.

    Raises MappingUnfit for a mapping with labels or fields that there are not, or that has a field twice. Raises
    ColumnsRepeated if a name that the template needs stands over two columns, unless the template was made from such a
    sheet and has a column for each of them ("Note", "Note 2"), or the mapping decides.
    """
    matching = _Matching(columns, header, _by_label(header, mapping or {}))
    matching.choose()
    matching.refuse_repeated()
    matching.match()
    return matching.result()


class _Matching:
    """A matching in the making: `found` has how and where each column was found, by its place in the template."""

    def __init__(self, columns: Sequence[Column], header: Header, chosen: dict[str, str | None]) -> None:
        self._columns, self._header, self._chosen = columns, header, chosen
        self._places = {label: place for place, label in enumerate(header.labels)}
        self._free = {comparable(label): label for label in reversed(header.labels) if label not in chosen}
        self._found: dict[int, tuple[str, str]] = {}

    def choose(self) -> None:
        """Take what a person chose."""
        by_field = {column.field: index for index, column in enumerate(self._columns)}
        for label, field in self._chosen.items():
            if field is None:
                continue
            if field not in by_field:
                raise self._unfit(f"the template has no field “{field}”")
            if by_field[field] in self._found:
                raise self._unfit(f"the field “{field}” is to be filled from two columns")
            self._found[by_field[field]] = CHOSEN, label

    def refuse_repeated(self) -> None:
        """Raises ColumnsRepeated where it is open which of two columns of one name is meant."""
        wanted = {comparable(name) for _, column in self._open() for name in (column.header, *column.aliases)}
        repeated = [group[0] for group in self._header.repeated if self._is_undecided(group, wanted)]
        if repeated:
            raise ColumnsRepeated(
                row=self._header.row, sheet=self._header.sheet, headers=", ".join(repeated)
            )  # fmt: skip

    def _is_undecided(self, labels: Sequence[str], wanted: set[str]) -> bool:
        named = [comparable(label) in wanted for label in labels if label not in self._chosen]
        return any(named) and not all(named)

    def match(self) -> None:
        """Take what has the name of a column, then what has another name of one."""
        for index, column in self._open():
            self._take(index, MATCHED, column.header)
        for index, column in self._open():
            for alias in column.aliases:
                if index not in self._found:
                    self._take(index, ALIAS, alias)

    def _take(self, index: int, how: str, name: str) -> None:
        label = self._free.pop(comparable(name), None)
        if label is not None:
            self._found[index] = how, label

    def result(self) -> Mapping:
        """What was found, with a guess where there is nothing better."""
        positions = [self._places[self._found[i][1]] if i in self._found else None for i in range(len(self._columns))]
        guesses = self._guesses()
        used, unnamed = set(positions), self._header.unnamed
        return Mapping(
            positions=tuple(positions),
            missing=tuple(column.header for _, column in self._open()),
            extra=tuple(
                label for label, place in self._places.items()
                if place not in used and place not in unnamed and label not in self._chosen
            ),
            matches=tuple(
                Match(column, *(self._found.get(index) or guesses.get(index) or (MISSING, None)))
                for index, column in enumerate(self._columns)
            ),
            ignored=tuple(label for label, field in self._chosen.items() if field is None),
        )  # fmt: skip

    def _guesses(self) -> dict[int, tuple[str, str]]:
        """Columns and labels that are close to each other and to nothing else."""
        unnamed = {self._header.labels[place] for place in self._header.unnamed}
        labels: dict[str, list[str]] = {}
        for name, label in self._free.items():
            if label not in unnamed:
                labels.setdefault(_bare(name), []).append(label)
        columns = self._open()
        if len(labels) * len(columns) > MOST_COMPARED:
            return {}
        close = {index: _close(column, labels) for index, column in columns}
        claimed = [label for candidates in close.values() for label in candidates]
        return {
            index: (GUESSED, label)
            for index, candidates in close.items()
            if len(candidates) == 1 and claimed.count(label := next(iter(candidates))) == 1
        }

    def _open(self) -> list[tuple[int, Column]]:
        return [(index, column) for index, column in enumerate(self._columns) if index not in self._found]

    def _unfit(self, detail: str) -> MappingUnfit:
        return MappingUnfit(row=self._header.row, sheet=self._header.sheet, detail=detail)


def _by_label(header: Header, mapping: Choices[str, str | None]) -> dict[str, str | None]:
    """The mapping with the labels as they stand in the header."""
    labels = {comparable(label): label for label in header.labels}
    unknown = [label for label in mapping if comparable(label) not in labels]
    if unknown:
        detail = f"it has no column “{unknown[0]}”"
        raise MappingUnfit(row=header.row, sheet=header.sheet, detail=detail)
    return {labels[comparable(label)]: field for label, field in mapping.items()}


def _close(column: Column, labels: dict[str, list[str]]) -> set[str]:
    """The labels, by their letters and digits, that could mean this column: alike but for signs, or nearly alike."""
    names = {_bare(comparable(name)) for name in (column.header, *column.aliases)}
    same = names & labels.keys()
    similar = {
        other
        for name in names
        if len(name) >= SHORTEST_GUESSED
        for other in get_close_matches(name, labels, n=3, cutoff=CLOSE)
        if _digits(other) == _digits(name)
    }
    return {label for name in same or similar for label in labels[name]}


def _bare(name: str) -> str:
    """Its letters and digits."""
    return "".join(filter(str.isalnum, name)) or name


def _digits(name: str) -> str:
    return "".join(filter(str.isdigit, name))


def require_columns(columns: Sequence[Column], header: Header, mapping: Mapping) -> None:
    """Raises ColumnsMissing if a required column without a default, or every column, has no place in the sheet."""
    required = [
        column.header
        for column, place in zip(columns, mapping.positions, strict=True)
        if place is None and column.required and column.default is None
    ]
    missing = required or (mapping.missing if len(mapping.missing) == len(columns) else ())
    if missing:
        raise ColumnsMissing(row=header.row, sheet=header.sheet, headers=", ".join(missing))
