"""Where an address from outside may lead."""

from urllib.parse import urljoin, urlsplit

import pytest
from flask import redirect
from hypothesis import example, given
from hypothesis import strategies as st

from webapp.web.redirects import safe_path

SITE = "http://longshore.example"
PIECES = st.sampled_from(
    [
        "/",
        "\\",
        "//",
        "\t",
        "\n",
        " ",
        "evil.example",
        "https:",
        "javascript:",
        "@",
        ":",
        "?",
        "#",
        "%2f",
        "%09",
        "..",
        "x",
    ]
)


@pytest.mark.parametrize(
    ("target", "final"),
    [
        ("/jobs", "/jobs"),
        ("/", "/"),
        ("/jobs?status=failed&page=2", "/jobs?status=failed&page=2"),
        ("/jobs#top", "/jobs#top"),
        ("/datasets/Größe", "/datasets/Gr%C3%B6%C3%9Fe"),
        ("/%09/x", "/%09/x"),
        ("/jobs?next=https://evil.example", "/jobs?next=https://evil.example"),
        ("/jobs:x@y", "/jobs:x@y"),
    ],
)
def test_a_path_of_ours_is_followed(target: str, final: str) -> None:
    assert safe_path(target) == final


@pytest.mark.parametrize(
    "target",
    [
        None,
        "",
        "jobs",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "\t//evil.example",
        " //evil.example",
        " /jobs",
        "https:evil.example",
        "https://evil.example/jobs",
        "http:///evil.example",
        "javascript:alert(1)",
        "data:text/html,x",
        "/jobs\r\nSet-Cookie: x=y",
        "/jobs\x00",
        "//user:word@evil.example/",
        "user@evil.example",
        "//[",
        "/jobs\\..\\x",
        "\ud800",
    ],
)
def test_everything_else_is_not(target: str | None) -> None:
    assert safe_path(target) is None


@given(
    st.one_of(st.text(), st.lists(PIECES, max_size=8).map("".join), st.lists(PIECES).map(lambda x: "/" + "".join(x)))
)
@example("/\t/evil.example")
@example("/;@evil.example")
def test_no_text_whatever_leads_away(target: str) -> None:
    final = safe_path(target)
    if final is not None:
        assert as_browsers_see(redirect(final).location) == SITE


def as_browsers_see(location: str) -> str:
    """The origin that a browser on our site goes to: it trims, drops tabs and line breaks, and turns backslashes."""
    trimmed = location.strip("".join(map(chr, range(33))))
    seen = "".join(c for c in trimmed if c not in "\t\r\n").replace("\\", "/")
    parts = urlsplit(urljoin(f"{SITE}/sign-in", seen))
    return f"{parts.scheme}://{parts.netloc}"
