"""The figures of the job kernel, beside bare Huey in the same run and the rows of DESIGN §9.

    bin/bench kernel [SECTION …] [--quick] [--json]

`--quick` only shows that everything starts: its figures mean nothing.
"""

import argparse
import json
import time

from . import checkpoints, installations, large_ledger, latency, polls, throughput
from .figures import Figure, Section, load, table

SECTIONS: dict[str, Section] = {
    "throughput": throughput.measure,
    "latency": latency.measure,
    "checkpoints": checkpoints.measure,
    "ledger": large_ledger.measure,
    "polls": polls.measure,
    "installation": installations.measure,
}


def main() -> None:
    """Measures the sections that the command line names, or all of them, and prints what was found."""
    parser = argparse.ArgumentParser(prog="bin/bench kernel", description="The figures of the job kernel.")
    parser.add_argument("sections", nargs="*", choices=[[], *SECTIONS], metavar="SECTION", help=", ".join(SECTIONS))
    parser.add_argument("--quick", action="store_true", help="a tiny form, which shows only that everything starts")
    parser.add_argument("--json", action="store_true", help="one object instead of a table")
    options = parser.parse_args()
    found = {name: _measured(name, options) for name in options.sections or SECTIONS}
    if options.json:
        print(json.dumps({name: [figure.as_dict() for figure in figures] for name, figures in found.items()}))


def _measured(name: str, options: argparse.Namespace) -> list[Figure]:
    begun, before = time.monotonic(), load()
    figures = SECTIONS[name](options.quick)
    if not options.json:
        print(f"{name}: {before}; {time.monotonic() - begun:.0f} s\n{table(figures)}\n", flush=True)
    return figures


if __name__ == "__main__":
    main()
