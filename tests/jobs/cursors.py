"""What every enumerator has to do: go on exactly behind every cursor, also once that has been JSON."""

import json
from typing import Any

from webapp.jobs import Enumerator, Portion


def read(enumerator: Enumerator[Any], cursor: Any = None) -> list[Portion[Any]]:
    return [portion for portion in enumerator.after(cursor) if isinstance(portion, Portion)]


def values(portions: list[Portion[Any]]) -> list[Any]:
    return [portion.value for portion in portions]


def goes_on_behind_every_cursor(enumerator: Enumerator[Any]) -> list[Any]:
    """Checks that, and answers all the items."""
    portions = read(enumerator)
    for place, portion in enumerate(portions, 1):
        cursor = json.loads(json.dumps(portion.cursor))
        assert cursor == portion.cursor
        assert values(read(enumerator, cursor)) == values(portions[place:])
    assert len({json.dumps(portion.cursor) for portion in portions}) == len(portions)
    return values(portions)
