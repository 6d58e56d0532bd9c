"""The figures of workbooks, beside named peers on the same files in the same run, and the rows of DESIGN §9.

    bin/bench workbooks [SECTION …] [--quick] [--json]

The peers are installed into an environment of their own, once. `--quick` only shows that everything starts: its figures
mean nothing.
"""

from .figures import Section
from .sections import run
from .spreadsheets import exports, imports, load, sizes

SECTIONS: dict[str, Section] = {
    "imports": imports.measure,
    "sizes": sizes.measure,
    "exports": exports.measure,
    "load": load.measure,
}

if __name__ == "__main__":
    run("workbooks", "The figures of workbooks.", SECTIONS)
