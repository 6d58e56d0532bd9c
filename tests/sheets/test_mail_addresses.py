"""What can be an address of mail, and why a text cannot."""

import pytest

from webapp.sheets.conversion.mail_addresses import problem_of


@pytest.mark.parametrize("address", ["ada@example.org", "a.b+c@mail.example.org", "o'brien@example.org", "x@localhost"])
def test_a_usable_address_has_no_problem(address):
    assert problem_of(address) is None


@pytest.mark.parametrize(
    ("address", "problem"),
    [
        ("", "no address"),
        ("ada.example.org", "no @"),
        ("ada lovell@example.org", "space"),
        ("ada@example.org\r\nbcc: x@example.org", "control character"),
        ("ada\x00@example.org", "control character"),
        ("ada@", "no name of a server"),
        ("@example.org", "before the @"),
        ("a@b@example.org", "before the @"),
        ("ada..x@example.org", "before the @"),
        ("ada@exa_mple.org", "no name of a server"),
        ("ada@example..org", "no name of a server"),
        ("ädä@example.org", "letters"),
        ("a" * 65 + "@example.org", "too long"),
        ("a@" + "b" * 260, "too long"),
        ("<ada@example.org>", "before the @"),
    ],
)
def test_what_can_be_no_address_is_told_why(address, problem):
    assert problem in problem_of(address)
