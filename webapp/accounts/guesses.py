"""What is left of a password without everything that people who guess passwords try first.

A long password is seldom in a list of common ones; it is made of pieces that are: common words, rows of keys, counting,
names. So the pieces are taken away, and what remains is what has to be guessed.
"""

import unicodedata
from collections.abc import Iterable
from functools import cache
from pathlib import Path

WORDS = Path(__file__).with_name("common_words.txt")
SEQUENCES = (
    "01234567890123456789",
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiopasdfghjklzxcvbnm",
    "qwertzuiopasdfghjklyxcvbnm",
    "azertyuiopqsdfghjklmwxcvbn",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
    "qazwsxedcrfvtgbyhnujmikolp",
    "1q2w3e4r5t6y7u8i9o0p",
    "a1b2c3d4e5f6g7h8i9",
    "1a2b3c4d5e6f7g8h9i",
)
LOOK_ALIKES = str.maketrans("@4301!$57", "aaeoiisst")
SHORTEST_SEQUENCE, SHORTEST_NAME = 4, 3


def unguessable_part(password: str, names: Iterable[str] = ()) -> str:
    """The characters of the password that belong to no common word, to no sequence and to none of these names."""
    rest = _without(_letters_and_digits(password), _runs()).translate(LOOK_ALIKES)
    rest = _without(rest, [name.translate(LOOK_ALIKES) for name in _words(names)])
    return "".join(_without(rest, _common_words()).split())


def _without(text: str, pieces: Iterable[str]) -> str:
    """The text with a gap where each of these pieces was: what it parted must not make a piece together."""
    for piece in pieces:
        text = text.replace(piece, " ")
    return text


@cache
def _runs() -> tuple[str, ...]:
    """All parts of the sequences, forwards and backwards, the longest first."""
    both_ways = [*SEQUENCES, *(sequence[::-1] for sequence in SEQUENCES)]
    parts = {
        sequence[start:end]
        for sequence in both_ways
        for start in range(len(sequence))
        for end in range(start + SHORTEST_SEQUENCE, len(sequence) + 1)
    }
    return tuple(sorted(parts, key=len, reverse=True))


@cache
def _common_words() -> tuple[str, ...]:
    return tuple(sorted(WORDS.read_text().split(), key=len, reverse=True))


def _words(names: Iterable[str]) -> list[str]:
    """The names, and the words that they consist of, the longest first."""
    found = {_letters_and_digits(name) for name in names}
    for name in names:
        found |= {_letters_and_digits(word) for word in "".join(c if c.isalnum() else " " for c in name).split()}
    return sorted((word for word in found if len(word) >= SHORTEST_NAME), key=len, reverse=True)


def _letters_and_digits(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKC", text).casefold() if c.isalnum() or c in "@!$")
