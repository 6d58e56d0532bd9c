"""What the databases say in different words, said once: whoever asks a query with these knows no dialect."""

from typing import Any

from sqlalchemy import JSON, Float
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
