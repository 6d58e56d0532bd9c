"""Rows as JSON objects: one way to write each, so that equal rows are equal texts."""

from decimal import Decimal
from typing import Any

import msgspec

encode = msgspec.json.Encoder(decimal_format="number").encode
decode = msgspec.json.Decoder(dict[str, Any], float_hook=Decimal).decode


def merged(blank: str, there: str | None, coming: str) -> str:
    """A JSON object with the fields of `blank`, in their order: as they are in `coming`, or else in `there`."""
    known = decode(there) if there else {}
    return encode(decode(blank) | known | decode(coming)).decode()
