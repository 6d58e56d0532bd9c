"""The instance folder and its key."""

import stat
from concurrent.futures import ThreadPoolExecutor

import pytest

from webapp import instance


def test_everything_is_for_its_owners_eyes_only(tmp_path):
    instance.prepare(tmp_path / "new")
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "new" / "uploads").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "new" / "secret_key").stat().st_mode) == 0o600


def test_the_key_is_made_once(tmp_path):
    assert instance.prepare(tmp_path) == instance.prepare(tmp_path)
    assert len(instance.prepare(tmp_path)) >= 48


def test_two_that_start_at_once_agree_on_the_key(tmp_path):
    with ThreadPoolExecutor(16) as threads:
        assert len(set(threads.map(lambda _: instance.prepare(tmp_path / "new"), range(16)))) == 1
    assert not list((tmp_path / "new").glob(".secret_key*"))


def test_a_key_that_others_can_read_is_refused_with_what_to_do(tmp_path):
    instance.prepare(tmp_path)
    (tmp_path / "secret_key").chmod(0o644)
    with pytest.raises(instance.UnusableInstance, match="chmod 600"):
        instance.prepare(tmp_path)


def test_a_key_that_is_none_is_refused(tmp_path):
    instance.prepare(tmp_path)
    (tmp_path / "secret_key").write_text("")
    with pytest.raises(instance.UnusableInstance, match="holds no key"):
        instance.prepare(tmp_path)


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(instance.UnusableInstance, match="file"):
        instance.prepare(tmp_path / "file" / "instance")
