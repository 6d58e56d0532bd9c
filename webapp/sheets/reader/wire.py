"""How rows travel from the reading process to the one that asked: frames of MessagePack over a pipe.

A frame is its kind (one byte), its length (four bytes, big-endian) and its body. Cells travel by column, because a
column mostly holds one type: then it is encoded and decoded in C. Where it does not, moments and marks are wrapped as
`[tag, text]` one by one.
"""

import struct
from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, cast

import msgspec

from ..cells import Cell, CellError, ImpossibleDate, Uncached

FRAME = struct.Struct(">cL")
HEADER, REPORT, ROWS, REFUSAL, END = b"H", b"I", b"R", b"X", b"E"
LARGEST_FRAME = 64 * 1024 * 1024

PLAIN, DATES, DATETIMES, MIXED = "plain", "dates", "datetimes", "mixed"
NOTHING = type(None)
PLAIN_TYPES = {NOTHING, str, int, float, bool}

_encoder = msgspec.msgpack.Encoder()
_raw_columns = msgspec.msgpack.Decoder(tuple[list[int], list[tuple[str, msgspec.Raw]]])
_decoders: dict[str, msgspec.msgpack.Decoder[Any]] = {
    PLAIN: msgspec.msgpack.Decoder(list),
    DATES: msgspec.msgpack.Decoder(list[date | None]),
    DATETIMES: msgspec.msgpack.Decoder(list[datetime | None]),
    MIXED: msgspec.msgpack.Decoder(list),
}


def frame(kind: bytes, body: bytes) -> bytes:
    """The bytes to write for one frame."""
    return FRAME.pack(kind, len(body)) + body


def pack_columns(numbers: Sequence[int], columns: Sequence[list[Cell]]) -> bytes:
    """The body that carries these columns; `numbers` are the row numbers in the sheet."""
    return _encoder.encode((numbers, [_packed(column) for column in columns]))


def unpack_columns(body: bytes) -> tuple[list[int], list[list[Cell]]]:
    """The row numbers and columns in a body. Raises msgspec.MsgspecError if it holds anything else."""
    numbers, columns = _raw_columns.decode(body)
    return numbers, [_unpacked(form, raw) for form, raw in columns]


def last_row_of(body: bytes) -> int:
    """The number of the last row in a body; its columns are not looked at. Raises msgspec.MsgspecError."""
    return _raw_columns.decode(body)[0][-1]


def _packed(column: list[Cell]) -> tuple[str, list[Any]]:
    kinds = set(map(type, column))
    if kinds <= PLAIN_TYPES:
        return PLAIN, column
    if kinds <= {date, NOTHING}:
        return DATES, column
    if kinds <= {datetime, NOTHING}:
        return DATETIMES, column
    return MIXED, [wrapped(cell) for cell in column]


def _unpacked(form: str, raw: msgspec.Raw) -> list[Cell]:
    cells: list[Any] = _decoders[form].decode(raw)
    return [unwrapped(cell) for cell in cells] if form == MIXED else cells


def wrapped(cell: Cell) -> Any:
    """The cell in a form that survives encoding without a type at hand."""
    if type(cell) in PLAIN_TYPES:
        return cell
    if isinstance(cell, timedelta):
        return "timedelta", str(round(cell.total_seconds()))
    if isinstance(cell, (date, time)):
        return type(cell).__name__, cell.isoformat()
    return type(cell).__name__, str(cell)


def unwrapped(cell: Any) -> Cell:
    """The cell that `wrapped` was given. Raises KeyError or ValueError if it never was one."""
    if type(cell) is not list:
        return cast(Cell, cell)
    tag, text = cell
    return _REVIVERS[tag](text)


_REVIVERS: dict[str, Callable[[str], Cell]] = {
    "date": date.fromisoformat,
    "datetime": datetime.fromisoformat,
    "time": time.fromisoformat,
    "timedelta": lambda text: timedelta(seconds=int(text)),
    "CellError": CellError,
    "ImpossibleDate": ImpossibleDate,
    "Uncached": lambda _: Uncached(),
}
