"""What the databases say in different words, said once: whoever asks a query with these knows no dialect."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ARRAY, JSON, Boolean, ColumnElement, Float, Table, Text, and_, cast, func, select
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


class json_in(FunctionElement[Any]):
    """The JSON in a column of texts: `json_in(column)["field"].as_string()`."""

    type = JSON()
    inherit_cache = True


class seconds_of(FunctionElement[float]):
    """How many seconds a length of time has, which is a text as msgspec writes it: `P1DT3600S`, `-PT0.5S`."""

    type = Float()
    inherit_cache = True


class keyed(ColumnElement[bool]):
    """Whether a row of `table`, which has an `id`, is one that `owner`, a column and its value, has under one of
    `keys`. There may be hundreds of keys; under each of them an owner has one row at the most.
    """

    type = Boolean()
    inherit_cache = False

    def __init__(self, table: Table, owner: tuple[str, Any], key: str, keys: Sequence[Any]) -> None:
        (name, value), another = owner, table.alias("another")
        self.at_once = and_(table.c[name] == value, table.c[key].in_(keys))
        wanted = func.unnest(cast(array(keys), ARRAY(Text))).table_valued("key").render_derived(name="wanted")
        row = select(another.c.id).where(another.c[name] == value, another.c[key] == wanted.c.key).limit(1)
        ids = select(row.correlate(wanted).scalar_subquery()).select_from(wanted)
        self.one_by_one = table.c.id == func.any(func.array(ids.scalar_subquery()))

    def self_group(self, against: Any = None) -> "keyed":
        """As it is: SQLite would otherwise compare it with 1, and then look at every row."""
        return self


@compiles(keyed)
def _at_once(element: keyed, compiler: SQLCompiler, **options: Any) -> str:
    return compiler.process(element.at_once, **options)


@compiles(keyed, "postgresql")
def _one_by_one(element: keyed, compiler: SQLCompiler, **options: Any) -> str:
    # While it has no statistics, as in the first minute of a first import, it would read all rows of the owner.
    return compiler.process(element.one_by_one, **options)


@compiles(json_in)
def _text_as_it_is(element: json_in, compiler: SQLCompiler, **options: Any) -> str:
    return compiler.process(element.clauses, **options)


@compiles(json_in, "postgresql")
def _text_cast(element: json_in, compiler: SQLCompiler, **options: Any) -> str:
    # No text of PostgreSQL has the character NUL, and it would refuse to look into an object that names it.
    return rf"CAST(replace({compiler.process(element.clauses, **options)}, '\u0000', '\ufffd') AS JSON)"


@compiles(seconds_of)
def _seconds_in_sqlite(element: seconds_of, compiler: SQLCompiler, **options: Any) -> str:
    # A cast takes the number that a text begins with, and a text without one for zero.
    text = f"({compiler.process(element.clauses, **options)})"
    days = f"CASE WHEN instr({text}, 'D') THEN CAST(ltrim({text}, '-P') AS REAL) ELSE 0 END"
    seconds = f"CASE WHEN instr({text}, 'T') THEN CAST(substr({text}, instr({text}, 'T') + 1) AS REAL) ELSE 0 END"
    sign = f"CASE WHEN {text} IS NULL THEN NULL WHEN {text} LIKE '-%' THEN -1 ELSE 1 END"
    return f"({sign}) * (({days}) * 86400 + ({seconds}))"


@compiles(seconds_of, "postgresql")
def _seconds_in_postgresql(element: seconds_of, compiler: SQLCompiler, **options: Any) -> str:
    text = f"({compiler.process(element.clauses, **options)})"
    seconds = f"extract(epoch FROM CAST(ltrim({text}, '-') AS INTERVAL))"
    return f"(CASE WHEN left({text}, 1) = '-' THEN -1 ELSE 1 END) * {seconds}"
