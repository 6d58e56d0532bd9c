"""Who is killed, and when, follows from the seed alone."""

from collections import Counter
from itertools import islice

from webapp.proving.killing import SHARES, WAITS, strokes

ROUND = sum(SHARES.values())


def test_a_seed_repeats_its_kills_and_their_waits():
    assert list(islice(strokes(7), 200)) == list(islice(strokes(7), 200))
    assert list(islice(strokes(7), 200)) != list(islice(strokes(8), 200))


def test_every_kind_of_process_has_its_share_of_each_round():
    kinds = [stroke.kind for stroke in islice(strokes(7), 2 * ROUND)]
    assert Counter(kinds[:ROUND]) == Counter(kinds[ROUND:]) == Counter(SHARES)


def test_waits_and_choices_are_within_their_bounds():
    for stroke in islice(strokes(7), 200):
        assert WAITS[0] <= stroke.wait <= WAITS[1]
        assert 0 <= stroke.which < 1
