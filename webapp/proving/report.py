"""What came of a proof, in words and for scripts."""

from collections.abc import Iterator, Sequence
from typing import Any

from .proof import Moment, Verdict

PLURALS = {"web process": "web processes"}


def words(verdict: Verdict) -> str:
    """The verdict for people."""
    return "\n".join(_lines(verdict))


def facts(verdict: Verdict) -> dict[str, Any]:
    """The verdict for scripts."""
    books = verdict.books
    return {
        "seed": verdict.seed,
        "seconds": round(verdict.seconds, 1),
        "kills": dict(sorted(verdict.kills.items())),
        "accepted": verdict.accepted,
        "accepted_by_http": verdict.by_http,
        "requests_repeated": verdict.requests_repeated,
        "given_up": verdict.given_up,
        "states": dict(sorted(books.states.items())),
        "effects": books.effects,
        "rows": books.rows,
        "lost": books.lost,
        "repeated": books.repeated,
        "left_over": books.left_over,
        "broken": books.broken,
        "folder": str(verdict.folder) if verdict.folder else None,
        "is_proven": books.are_clean,
    }


def progress(moment: Moment) -> str:
    """How a proof stands, as one line."""
    clock = f"{int(moment.seconds) // 60}:{int(moment.seconds) % 60:02}"
    counts = f" · {moment.kills:,} killed · {moment.accepted:,} jobs accepted" if moment.accepted else ""
    return f"{clock} {moment.doing} …{counts}"


def _lines(verdict: Verdict) -> Iterator[str]:
    books = verdict.books
    states = ", ".join(f"{count:,} {state}" for state, count in books.states.most_common())
    killed = ", ".join(_counted(count, kind) for kind, count in verdict.kills.most_common())
    yield f"Seed {verdict.seed}, {verdict.seconds:,.0f} s, {verdict.kills.total():,} kills: {killed or 'none'}."
    yield (
        f"Accepted: {verdict.accepted:,} jobs, {verdict.by_http:,} of them by HTTP, where"
        f" {verdict.requests_repeated:,} requests had no answer and were sent again."
    )
    yield f"Came to an end: {states}. They left {books.effects:,} effects and {books.rows:,} imported rows."
    if verdict.given_up:
        yield f"Given up because they lost their worker or reader too often, and tried again: {verdict.given_up:,}."
    yield from _findings("Lost", books.lost)
    yield from _findings("Repeated", books.repeated)
    yield from _findings("Left over", books.left_over)
    yield from _findings("Otherwise wrong", books.broken)
    if verdict.folder is not None:
        yield f"The scratch installation is kept for a look in {verdict.folder}."


def _findings(what: str, found: Sequence[str]) -> Iterator[str]:
    yield f"{what}: {f'{len(found):,}' if found else 'nothing'}."
    yield from (f"  {sentence}" for sentence in found)


def _counted(count: int, kind: str) -> str:
    return f"1 {kind}" if count == 1 else f"{count:,} {PLURALS.get(kind, f'{kind}s')}"
