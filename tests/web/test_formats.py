"""How figures and times read."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from flask import Flask, render_template_string
from hypothesis import given
from hypothesis import strategies as st

from webapp.web import formats

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (1234567, "1,234,567"), (-1234, "-1,234"), (2.5, "2.5"), (8200.0, "8,200"), (None, "–")],
)
def test_numbers_have_commas_and_no_idle_decimals(value, text):
    assert formats.number(value) == text


@pytest.mark.parametrize(
    ("value", "text"), [("0", "0.00"), ("1234567.5", "1,234,567.50"), ("-4.35", "-4.35"), (None, "–")]
)
def test_an_amount_has_both_places_of_its_cents(value, text):
    assert formats.money(None if value is None else Decimal(value)) == text


def test_a_quantity_agrees_with_its_noun():
    assert [formats.quantity(n, "row") for n in (0, 1, 1200)] == ["0 rows", "1 row", "1,200 rows"]
    assert formats.quantity(2, "entry", "entries") == "2 entries"


@pytest.mark.parametrize(
    ("value", "text"), [(8213.4, "8,200 rows/s"), (8240.0, "8,200 rows/s"), (0.52, "0.52 rows/s"), (None, "–")]
)
def test_a_rate_is_steady_to_two_digits(value, text):
    assert formats.rate(value) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "about 1 s"),
        (8, "about 8 s"),
        (12, "about 10 s"),
        (59, "about 55 s"),
        (60, "1 min"),
        (180, "3 min"),
        (3899, "1 h 5 min"),
        (7200, "2 h"),
        (None, "–"),
    ],
)
def test_an_estimate_is_said_in_words(seconds, text):
    assert formats.duration(seconds) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 s"),
        (0.44, "0.4 s"),
        (9.97, "10 s"),
        (12.2, "12 s"),
        (184, "3 min 4 s"),
        (180, "3 min"),
        (3900, "1 h 5 min"),
    ],
)
def test_a_measured_time_is_exact(seconds, text):
    assert formats.elapsed(seconds) == text


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "0 bytes"),
        (1, "1 byte"),
        (999, "999 bytes"),
        (3_400, "3.4 kB"),
        (9_960, "10 kB"),
        (999_900, "1 MB"),
        (104_000_000, "104 MB"),
        (2_500_000_000, "2.5 GB"),
        (5 * 10**15, "5000 TB"),
    ],
)
def test_a_size_has_at_most_one_decimal(size, text):
    assert formats.filesize(size) == text


@pytest.mark.parametrize(
    ("ahead", "words"),
    [
        (0, "just now"),
        (-8, "8 s ago"),
        (8, "in 8 s"),
        (-125, "2 min ago"),
        (-179, "2 min ago"),
        (179, "in 3 min"),
        (3 * 86_400 - 60, "in 3 days"),
        (-7300, "2 h ago"),
        (-90_000, "1 day ago"),
        (-31 * 86_400, "22 Oct 2026"),
    ],
)
def test_a_moment_is_said_relative_to_now(ahead, words):
    html = formats.moment(NOON.timestamp() + ahead, now=NOON.timestamp())
    assert html.endswith(f">{words}</time>")


def test_a_moment_carries_the_exact_instant_in_utc():
    in_oslo = NOON.astimezone(timezone(timedelta(hours=1)))
    for value in (NOON, in_oslo, NOON.replace(tzinfo=None), NOON.timestamp()):
        html = formats.moment(value, now=NOON.timestamp())
        assert 'datetime="2026-11-22T12:00:00Z" title="22 November 2026, 12:00:00 UTC"' in html
    assert formats.moment(None) == "–"


@given(st.floats(0, 1e9), st.floats(0, 1e9))
def test_a_longer_time_never_reads_shorter(one, other):
    def minutes(seconds):
        words = formats.duration(seconds)
        units = {"h": 60, "min": 1, "s": 1 / 60}
        parts = words.removeprefix("about ").split()
        return sum(int(n.replace(",", "")) * units[unit] for n, unit in zip(parts[::2], parts[1::2], strict=True))

    shorter, longer = sorted((one, other))
    assert minutes(shorter) <= minutes(longer)


def test_templates_know_the_filters():
    app = Flask(__name__)
    formats.register(app)
    with app.app_context():
        assert render_template_string("{{ 1200 | quantity('row') }}, {{ 0 | moment }}") == (
            '1,200 rows, <time datetime="1970-01-01T00:00:00Z" title="1 January 1970, 00:00:00 UTC">1 Jan 1970</time>'
        )
