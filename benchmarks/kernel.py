"""The figures of the job kernel, beside bare Huey in the same run and the rows of DESIGN §9.

    bin/bench kernel [SECTION …] [--quick] [--json]

`--quick` only shows that everything starts: its figures mean nothing.
"""

from . import checkpoints, installations, large_ledger, latency, polls, throughput
from .figures import Section
from .sections import run

SECTIONS: dict[str, Section] = {
    "throughput": throughput.measure,
    "latency": latency.measure,
    "checkpoints": checkpoints.measure,
    "ledger": large_ledger.measure,
    "polls": polls.measure,
    "installation": installations.measure,
}


if __name__ == "__main__":
    run("kernel", "The figures of the job kernel.", SECTIONS)
