"""Which passwords are accepted, and how they are kept."""

import random
import string

import pytest
from argon2 import PasswordHasher, Type, extract_parameters
from hypothesis import given
from hypothesis import strategies as st

from webapp.accounts import errors, passwords

NAMES = ("ada@harbour.example", "Ada Lovell", "Harbour Office")
LETTERS = string.ascii_letters + string.digits + string.punctuation


@pytest.mark.parametrize(
    "password",
    [
        "passwordpassword",
        "P@ssw0rd12345678",
        "qwertyuiopasdfgh",
        "1q2w3e4r5t6y7u8i",
        "123456789012345",
        "abcabcabcabcabcabc",
        "aaaaaaaaaaaaaaaaaaaa",
        "letmeinletmein!!!",
        "Welcome2026Summer",
        "correct horse battery staple",
        "longshorelongshore",
        "ada@harbour.example",
        "Ada Lovell Harbour 12345",
    ],
)
def test_what_others_would_try_first_is_refused(password: str) -> None:
    with pytest.raises(errors.PasswordTooCommon):
        passwords.check(password, NAMES)


@pytest.mark.parametrize(
    "password",
    [
        "tangled rope and nine lamps",
        "my dog hates password day",
        "ada sells nine wet seagulls",
        "Zwölf Boxkämpfer jagen",
    ],
)
def test_a_few_words_are_accepted_also_around_a_common_one(password: str) -> None:
    passwords.check(password, NAMES)


@given(st.integers())
def test_random_characters_are_always_accepted(seed: int) -> None:
    passwords.check("".join(random.Random(seed).choices(LETTERS, k=20)), NAMES)


@given(st.text(max_size=300))
def test_every_text_is_accepted_or_refused_with_a_sentence(password: str) -> None:
    sentence = _refusal(password)
    assert sentence.endswith(".") or (sentence == "" and 15 <= len(password) <= 128)


def test_lengths_are_told() -> None:
    with pytest.raises(errors.PasswordTooShort, match="has 14 characters; 15 are the least"):
        passwords.check("x" * 14)
    with pytest.raises(errors.PasswordTooLong, match="more than 128 characters"):
        passwords.check("x" * 129)


def test_a_password_is_kept_as_argon2id_above_the_floor() -> None:
    hasher = PasswordHasher(memory_cost=passwords.MEMORY, time_cost=passwords.PASSES, parallelism=passwords.LANES)
    assert extract_parameters(hasher.hash("x")).type is Type.ID
    assert passwords.MEMORY >= 19 * 1024
    assert passwords.PASSES >= 2


def test_a_password_is_the_same_however_its_characters_are_composed() -> None:
    kept = passwords.hashed("zwo\u0308lf nasse Kraniche")
    assert passwords.matches("zw\u00f6lf nasse Kraniche", kept)


def test_nothing_matches_nobody() -> None:
    assert not passwords.matches("", None)
    assert not passwords.matches("A" * 43, None)


def test_a_broken_hash_matches_nothing() -> None:
    assert not passwords.matches("tangled rope and nine lamps", "not a hash")


def _refusal(password: str) -> str:
    try:
        passwords.check(password, NAMES)
    except errors.AccountError as error:
        return error.sentence
    return ""
