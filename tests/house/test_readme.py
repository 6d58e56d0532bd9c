"""What the README says of settings, commands and rooms is so, and everything there is stands in it."""

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from webapp.config import PROJECT, SETTINGS

README = (PROJECT / "README.md").read_text()
FLASKS_OWN = {"run", "shell", "routes"}


def commands(group: click.Group, above: str = "") -> Iterator[tuple[str, click.Command]]:
    for name, command in sorted(group.commands.items()):
        if isinstance(command, click.Group):
            yield from commands(command, f"{above}{name} ")
        elif above or name not in FLASKS_OWN:
            yield above + name, command


def rows_of(heading: str) -> dict[str, list[str]]:
    """The table below a heading: the first cell, without its marks, and the others."""
    section = README.split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in section.splitlines() if line[:1] == "|"]
    return {row[0].strip("`"): row[1:] for row in rows[2:]}


def test_every_setting_stands_there_with_its_default_and_its_help():
    said = {name: (default.strip("`"), help_) for name, (default, help_) in rows_of("Settings").items()}
    true = {setting.name: (shown(setting.default), setting.help) for setting in SETTINGS}
    assert said == true


def shown(value: object) -> str:
    if isinstance(value, bool) or value is None:
        return {True: "yes", False: "no", None: ""}[value]
    return str(value.relative_to(PROJECT)) if isinstance(value, Path) else str(value)


def test_every_command_stands_there_with_its_help(app):
    said = {
        re.match(r"bin/flask ([a-z -]+?)(?= [A-Z…\[-]|$)", call)[1]: words
        for call, (words,) in rows_of("Commands").items()
    }
    true = {name: command.get_short_help_str(200) for name, command in commands(app.cli)}
    assert said == true


def test_every_option_that_the_readme_names_exists(app):
    known = dict(commands(app.cli))
    for call in rows_of("Commands"):
        name = name_of(call)
        options = {option for parameter in known[name].params for option in parameter.opts}
        assert set(re.findall(r"--[a-z-]+", call)) <= options, name


def name_of(call: str) -> str:
    """The command of a call: the words before its first argument or option."""
    return re.match(r"bin/flask ([a-z -]+?)(?= [A-Z\[-]|$)", call)[1]


def test_every_room_stands_there():
    rooms = {path.name for path in (PROJECT / "webapp").iterdir() if path.is_dir() and path.name != "__pycache__"}
    assert {
        name.removeprefix("webapp/").strip("/") for name in rows_of("The rooms") if name.startswith("webapp/")
    } >= rooms


@pytest.mark.parametrize("link", re.findall(r"\]\(([^)#:]+)\)", README))
def test_every_link_leads_somewhere(link):
    assert (PROJECT / link).exists()
