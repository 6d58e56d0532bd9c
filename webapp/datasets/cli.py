"""`bin/flask datasets …`: datasets and their rows for scripts. Exit code 0 done, 1 failed, 2 wrong usage."""

import json
from decimal import Decimal
from typing import Any

import click

from webapp.db import reading
from webapp.web.commands import Commands, as_json

from . import service

group = Commands("datasets", help="Datasets: list them, print their rows.")


@group.command("list")
@as_json
def list_datasets(json_: bool) -> None:
    """List the datasets."""
    with reading() as session:
        found = [
            {
                "name": dataset.name,
                "rows": dataset.row_count,
                "columns": [{"field": c.field, "header": c.header, "type": c.type} for c in dataset.columns],
            }
            for dataset in service.all_of(session)
        ]
    if json_:
        click.echo(json.dumps({"datasets": found}))
        return
    for dataset in found:
        click.echo(f"{dataset['name']}  {dataset['rows']:,} rows, {len(dataset['columns'])} columns")


@group.command("rows")
@click.argument("name")
@click.option("--search", default="", help="Only rows with this text in any field.")
@click.option("--sort", metavar="FIELD", help="Sort by this field; by arrival unless given.")
@click.option("--descending", is_flag=True, help="The highest first.")
@click.option("--offset", type=click.IntRange(min=0), default=0, help="Leave out so many rows.")
@click.option("--limit", type=click.IntRange(min=0), help="At most so many rows; all of them unless given.")
@as_json
def rows(
    name: str, search: str, sort: str | None, descending: bool, offset: int, limit: int | None, json_: bool
) -> None:
    """Print the rows of a dataset."""
    with reading() as session:
        dataset = service.find_by_name(session, name)
        query = service.rows_query(dataset, search, sort, descending).offset(offset).limit(limit)
        found = [service.values_of(row) for row in session.scalars(query)]
        total = dataset.row_count
    if json_:
        click.echo(json.dumps({"dataset": name, "total": total, "rows": found}, default=_plain))
        return
    for values in found:
        click.echo("\t".join(service.text_of(value) for value in values.values()))


def _plain(value: Any) -> Any:
    """Decimals go out as text, so that no digit is lost."""
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(type(value).__name__)
