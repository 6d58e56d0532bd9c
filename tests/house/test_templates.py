"""The rules of the templates: what the content policy forbids, what readers need, what must not lie about unused."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import Environment, nodes

from webapp.web import formats

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
NAMES = sorted(str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*.html"))
STATUSES = ("pending", "processing", "completed", "failed", "cancelled")
REGIONS = [name for name in NAMES if "Region #" in (TEMPLATES / name).read_text()]
FRAMES = {"document.html", "layout.html", "signed_out.html"}
FORBIDDEN = {
    "an inline script": r"<script(?![^>]*\bsrc=)",
    "an inline style": r"<style|\sstyle=",
    "an event handler": r"\son[a-z]+\s*=",
    "an evaluated attribute": r"hx-on|[\"']js:|javascript:",
    "an evaluated trigger filter": r"hx-trigger=\"[^\"]*\[",
    "something from elsewhere": r"(?:src|href|action)=\"(?:https?:)?//",
    "the disabled attribute, which loses focus": r"<(?:button|input)[^>]*\sdisabled",
}


@pytest.fixture(scope="module")
def environment() -> Environment:
    app = Flask(__name__, template_folder=str(TEMPLATES))
    formats.register(app)
    return app.jinja_env


@pytest.mark.parametrize("name", NAMES)
def test_a_template_parses_with_the_filters_that_it_uses(environment, name):
    environment.get_template(name)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("what", FORBIDDEN)
def test_a_template_has_nothing_that_the_policy_forbids(name, what):
    assert not re.search(FORBIDDEN[what], markup(name)), f"{name} holds {what}"


@pytest.mark.parametrize("name", NAMES)
def test_a_template_says_at_its_top_what_it_is(name):
    text = source(name)
    assert text.startswith("{#")
    assert name in FRAMES or name.startswith("components/") or "{{" not in text or "Context" in text or "live" in name


@pytest.mark.parametrize("name", NAMES)
def test_every_imported_macro_is_used(environment, name):
    tree = environment.parse(source(name))
    imported = {target for node in tree.find_all(nodes.FromImport) for target in _targets(node)}
    called = {node.node.name for node in tree.find_all(nodes.Call) if isinstance(node.node, nodes.Name)}
    assert imported <= called


@pytest.mark.parametrize("name", NAMES)
def test_macros_of_other_files_are_called_with_named_arguments(environment, name):
    tree = environment.parse(source(name))
    imported = {target for node in tree.find_all(nodes.FromImport) for target in _targets(node)}
    calls = [node for node in tree.find_all(nodes.Call) if isinstance(node.node, nodes.Name)]
    assert not [call.node.name for call in calls if call.node.name in imported and call.args]


def test_every_macro_has_a_caller(environment):
    defined, called = set(), set()
    for name in NAMES:
        tree = environment.parse(source(name))
        defined |= {macro.name for macro in tree.find_all(nodes.Macro)}
        called |= {node.node.name for node in tree.find_all(nodes.Call) if isinstance(node.node, nodes.Name)}
    # These stand ready for the forms of the features to come.
    assert defined - called <= {"select_field", "checkbox_field"}


def test_every_template_that_is_included_or_extended_exists(environment):
    for name in NAMES:
        tree = environment.parse(source(name))
        wanted = {node.template for node in tree.find_all((nodes.Include, nodes.Extends, nodes.FromImport))}
        fixed = {template.value for template in wanted if isinstance(template, nodes.Const)}
        assert fixed <= set(NAMES), name


@pytest.mark.parametrize("status", STATUSES)
def test_a_status_is_a_word_and_a_shape_of_its_own(environment, status):
    badge = environment.get_template("components/badge.html").module.status_badge
    shapes = {each: _paths(badge(status=each, words="Words")) for each in STATUSES}
    assert "<span>Words</span>" in badge(status=status, words="Words")
    assert shapes[status]
    assert [each for each, paths in shapes.items() if paths == shapes[status]] == [status]


@pytest.mark.parametrize("name", NAMES)
def test_shapes_are_hidden_from_those_who_hear_the_word(name):
    for svg in re.findall(r"<svg[^>]*>", source(name)):
        assert 'aria-hidden="true"' in svg
        assert 'focusable="false"' in svg


@pytest.mark.parametrize("name", NAMES)
def test_every_form_that_posts_carries_its_token_and_is_sent_once(name):
    for form in re.findall(r"<form[^>]*method=\"post\".*?</form>", source(name), re.S):
        assert "data-submit-once" in form
        assert "csrf_token" in form or "hidden_tag" in form


def test_announcements_have_one_place_each_outside_what_is_swapped():
    text = "".join(source(name) for name in NAMES)
    assert text.count('role="status"') == text.count('role="alert"') == 1
    assert 'role="status" id="announcements"></div>' in source("document.html")
    assert 'role="alert" id="alerts"></div>' in source("document.html")


@pytest.mark.parametrize("name", REGIONS)
def test_a_region_is_one_element_without_white_space_around_it(name):
    """Each poll would leave the white space in the page, and a page may be open for weeks."""
    before_it = source(name)[: source(name).index("\n<") + 1]
    assert re.findall(r".[#%]}", before_it) == re.findall(r"-[#%]}", before_it)
    assert not source(name)[:-1].endswith("\n")


@pytest.mark.parametrize("name", REGIONS)
def test_controls_in_regions_have_an_id_that_stays(name):
    for control in re.findall(r"<(?:a|button|summary|input(?![^>]*hidden))\b[^>]*>", markup(name)):
        assert " id=" in control, f"{name}: {control}"


def source(name: str) -> str:
    return (TEMPLATES / name).read_text()


def markup(name: str) -> str:
    """The template's text without its comments."""
    return re.sub(r"{#.*?#}", "", source(name), flags=re.S)


def _targets(node: nodes.FromImport) -> Iterator[str]:
    for imported in node.names:
        yield imported[1] if isinstance(imported, tuple) else imported


def _paths(html: str) -> tuple[str, ...]:
    return tuple(re.findall(r"<(?:path|circle)[^>]*>", html))
