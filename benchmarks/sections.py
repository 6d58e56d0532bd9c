"""The command line of a benchmark that has sections."""

import argparse
import json
import time
from collections.abc import Mapping

from .figures import Figure, Section, load, table


def run(name: str, description: str, sections: Mapping[str, Section]) -> None:
    """Measures the sections that the command line names, or all of them, and prints what was found."""
    parser = argparse.ArgumentParser(prog=f"bin/bench {name}", description=description)
    parser.add_argument("sections", nargs="*", choices=[[], *sections], metavar="SECTION", help=", ".join(sections))
    parser.add_argument("--quick", action="store_true", help="a tiny form, which shows only that everything starts")
    parser.add_argument("--json", action="store_true", help="one object instead of a table")
    options = parser.parse_args()
    found = {each: _measured(each, sections[each], options) for each in options.sections or sections}
    if options.json:
        print(json.dumps({each: [figure.as_dict() for figure in figures] for each, figures in found.items()}))


def _measured(name: str, section: Section, options: argparse.Namespace) -> list[Figure]:
    begun, before = time.monotonic(), load()
    figures = section(options.quick)
    if not options.json:
        print(f"{name}: {before}; {time.monotonic() - begun:.0f} s\n{table(figures)}\n", flush=True)
    return figures
