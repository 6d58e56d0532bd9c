"""The two bundles: what is in them, how they are served, what they weigh."""

import gzip
import hashlib
import re

import pytest
from flask import Flask, render_template_string

from webapp.web import assets

SCRIPT_LIMIT = 20_000
STYLE_LIMIT = 10_000


@pytest.fixture
def app():
    app = Flask(__name__)
    assets.init_app(app)
    return app


def test_all_scripts_weigh_at_most_20_kilobytes_gzipped():
    assert len(assets.build().script.gzipped) <= SCRIPT_LIMIT


def test_all_styles_weigh_at_most_10_kilobytes_gzipped():
    assert len(assets.build().style.gzipped) <= STYLE_LIMIT


def test_the_vendored_file_is_the_one_that_its_readme_names():
    vendor = assets.STATIC / "vendor"
    listed = dict(re.findall(r"^\| `([\w.]+)` \|.*`([0-9a-f]{64})` \|$", (vendor / "README.md").read_text(), re.M))
    found = {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in vendor.glob("*.js")}
    assert listed == found


def test_htmx_comes_first_and_the_tokens_come_first():
    built = assets.build()
    assert built.script.body.startswith((assets.STATIC / "vendor" / "htmx.min.js").read_bytes())
    assert built.style.body.startswith((assets.STATIC / "css" / "tokens.css").read_bytes())


def test_every_source_is_in_its_bundle():
    built = assets.build()
    for folder, bundle in (("css", built.style), ("js", built.script)):
        for source in (assets.STATIC / folder).iterdir():
            assert source.read_bytes() in bundle.body, source.name


def test_no_bundle_reaches_for_anything_elsewhere():
    style = assets.build().style.body.decode()
    assert "@import" not in style
    assert "url(" not in style


def test_a_changed_source_changes_the_address(tmp_path):
    for folder, name in (("css", "tokens.css"), ("vendor", "htmx.min.js"), ("js", "live.js")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / name).write_text("one")
    before = assets.build(tmp_path)
    assert assets.build(tmp_path) == before
    (tmp_path / "js" / "live.js").write_text("two")
    after = assets.build(tmp_path)
    assert after.js != before.js
    assert after.css == before.css


def test_a_bundle_is_served_gzipped_and_for_ever(app):
    built = assets.build()
    answer = app.test_client().get(built.js, headers={"Accept-Encoding": "gzip"})
    assert gzip.decompress(answer.data) == built.script.body
    assert answer.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert answer.headers["Cache-Control"] == assets.FOR_EVER
    assert answer.headers["Vary"] == "Accept-Encoding"


def test_a_bundle_is_served_plain_to_those_who_ask_for_plain(app):
    answer = app.test_client().get(assets.build().css)
    assert answer.data == assets.build().style.body
    assert "Content-Encoding" not in answer.headers


def test_an_address_of_another_version_is_not_found(app):
    assert app.test_client().get("/assets/app-000000000000.js").status_code == 404


def test_templates_know_the_addresses(app):
    with app.test_request_context():
        assert render_template_string("{{ assets.css }} {{ assets.js }}") == f"{assets.build().css} {assets.build().js}"
