"""A measured figure, and the table of them."""

import os
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from statistics import median, quantiles
from typing import Any

Section = Callable[[bool], "list[Figure]"]
"""Measures a few figures that belong together; in a tiny form, if the argument says so."""


@dataclass(frozen=True)
class Figure:
    """What was measured, beside what the peers came to in the same run, and the row of DESIGN §9 it has to reach.

    `reached` is None where DESIGN asks for nothing, and in a tiny run, which proves nothing.
    """

    what: str
    value: float
    unit: str
    beside: dict[str, float] = field(default_factory=dict)
    target: str = ""
    reached: bool | None = None
    note: str = ""

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {**asdict(self), "ratios": {peer: self.value / value for peer, value in self.beside.items() if value}}


def p95(values: Sequence[float]) -> float:
    """The value that nineteen in twenty do not exceed."""
    return quantiles(values, n=20, method="inclusive")[-1]


def middle(measure: Callable[[], float], rounds: int) -> float:
    """The median of several rounds."""
    return median(measure() for _ in range(rounds))


def load() -> str:
    """How busy the machine is besides: figures of a busy one are worth less."""
    return f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"


def table(figures: Sequence[Figure]) -> str:
    """The figures as text, 120 columns wide."""
    return "\n".join(line for figure in figures for line in _lines(figure))


def _lines(figure: Figure) -> list[str]:
    mark = {None: " ", True: "+", False: "-"}[figure.reached]
    said = f"{mark} {figure.what:<62} {_number(figure.value):>10} {figure.unit:<12}"
    lines = [f"{said} {f'reach {figure.target}' if figure.target else ''}".rstrip()]
    for peer, value in figure.beside.items():
        ratio = f"ratio {figure.value / value:.2f}" if value else ""
        lines.append(f"    beside {peer:<53} {_number(value):>10} {figure.unit:<12} {ratio}".rstrip())
    return [*lines, f"    {figure.note}"] if figure.note else lines


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
