"""Values as both binary formats of Excel store them."""

import struct

from .cells import CellError
from .serials import number_cell

# MS-XLS 2.5.10 and MS-XLSB 2.5.97.2.
ERRORS = {
    0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A",
    0x2B: "#GETTING_DATA",
}  # fmt: skip
WHOLE, IN_HUNDREDTHS = 0x2, 0x1
DOUBLE = struct.Struct("<d")


def error_cell(code: int) -> CellError:
    """The error of that number."""
    return CellError(ERRORS.get(code, "#ERROR"))


def short_number(packed: int) -> int | float:
    """The number that was packed into 30 bits (MS-XLS 2.5.217, MS-XLSB 2.5.122)."""
    number: float
    if packed & WHOLE:
        number = (packed - (1 << 32) if packed & 0x80000000 else packed) >> 2
    else:
        number = DOUBLE.unpack(struct.pack("<Q", (packed & 0xFFFFFFFC) << 32))[0]
    return number_cell(float(number / 100 if packed & IN_HUNDREDTHS else number))
