"""`bin/flask demo compare`: both styles side by side, in figures."""

import json
from collections.abc import Sequence
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from webapp.web.commands import as_json, only_errors_of_jobs

from .cli import group
from .comparisons import Measured, compared
from .performances import clear_stage
from .stages import STAGES

HEADINGS = ("", "items", "seconds", "items/s", "checkpoints", "overhead", "twice", "missed")


@group.command("compare")
@click.argument("names", metavar="[orders|reports|campaign]…", nargs=-1, type=click.Choice(list(STAGES)))
@click.option("--items", type=click.IntRange(1), help="How many orders, customers or recipients.")
@as_json
@only_errors_of_jobs()
def compare(names: tuple[str, ...], items: int | None, json_: bool) -> None:
    """Compare both styles on the same data, and with a loop that saves nothing."""
    found: dict[str, list[Measured]] = {}
    with Console(stderr=True, quiet=json_).status("") as line:
        for name in names or STAGES:
            line.update(f"Measuring {name}, five times each way")
            clear_stage(STAGES[name], "iteration")
            clear_stage(STAGES[name], "steps")
            found[name] = compared(STAGES[name], items)
    if json_:
        click.echo(json.dumps({name: _facts(measured) for name, measured in found.items()}))
    else:
        Console().print(*(_table(name, measured) for name, measured in found.items()), sep="\n")
    raise SystemExit(0 if all(not (m.duplicates or m.missed) for each in found.values() for m in each) else 1)


def _facts(measured: Sequence[Measured]) -> list[dict[str, Any]]:
    return [
        vars(each) | {"rate": round(each.rate, 1), "overhead": round(each.overhead(measured[0]), 1)}
        for each in measured
    ]


def _table(name: str, measured: Sequence[Measured]) -> Table:
    table = Table(title=f"{name}: the same data each way, the quickest of five rounds", title_justify="left")
    for heading in HEADINGS:
        table.add_column(heading, justify="right" if heading else "left")
    for each in measured:
        overhead = "" if each is measured[0] else f"{each.overhead(measured[0]):+.0f} %"
        counts = (f"{each.items:,}", f"{each.seconds:.2f}", f"{each.rate:,.0f}", f"{each.checkpoints:,}")
        table.add_row(each.way, *counts, overhead, f"{each.duplicates:,}", f"{each.missed:,}")
    return table
