"""`bin/flask jobs stats`: the figures of the ledger."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict

from webapp.db import reading
from webapp.jobs import counts, figures
from webapp.web.commands import as_json
from webapp.web.job_commands import print_facts

from .groups import jobs


@jobs.command("stats")
@as_json
def stats(json_: bool) -> None:
    """Count jobs by state and queue, workers alive, and what came of the last hour."""
    with reading() as session:
        now, counted = figures(session), counts(session)
    states: Counter[str] = Counter()
    queues: dict[str, dict[str, int]] = {}
    for (queue, state), count in sorted(counted.items()):
        states[state] += count
        queues.setdefault(queue, {})[state] = count
    words = [f"Jobs: {_in_words(states)}.", *(f"Queue {name}: {_in_words(its)}." for name, its in queues.items())]
    words.append(f"Workers alive: {now.workers:,}.")
    words.append(f"In the last hour {now.completed_last_hour:,} completed and {now.failed_last_hour:,} failed.")
    print_facts(asdict(now) | {"states": states, "queues": queues}, json_, "\n".join(words))


def _in_words(by_state: Mapping[str, int]) -> str:
    return ", ".join(f"{count:,} {state}" for state, count in sorted(by_state.items())) or "none"
