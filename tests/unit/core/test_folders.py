"""A folder appears whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from shanyrak.core.errors import Damaged, InvalidInput, NotFound
from shanyrak.core.folders import Versions, checked_name, whole_folder, write_text_atomically


def files(folder: Path) -> list[str]:
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())


def test_a_folder_is_there_when_the_block_has_ended(tmp_path: Path) -> None:
    with whole_folder(tmp_path / "plan") as draft:
        (draft / "plan.json").write_text("{}")
        assert not (tmp_path / "plan").exists()
    assert files(tmp_path) == ["plan/plan.json"]


def test_an_error_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), whole_folder(tmp_path / "plan") as draft:
        (draft / "plan.json").write_text("{")
        raise RuntimeError
    assert list(tmp_path.iterdir()) == []


def test_an_error_leaves_the_old_content_in_force(tmp_path: Path) -> None:
    with whole_folder(tmp_path / "plan") as draft:
        (draft / "old").write_text("old")
    with pytest.raises(KeyboardInterrupt), whole_folder(tmp_path / "plan") as draft:
        (draft / "new").write_text("new")
        raise KeyboardInterrupt
    assert files(tmp_path) == ["plan/old"]


def test_new_content_replaces_the_old_wholly(tmp_path: Path) -> None:
    for name in ("old", "new"):
        with whole_folder(tmp_path / "plan") as draft:
            (draft / name).write_text(name)
    assert files(tmp_path) == ["plan/new"]


def test_the_pointer_names_the_version_in_force(tmp_path: Path) -> None:
    versions = Versions(tmp_path / "bucha")
    for content in ("one", "two"):
        with versions.new() as draft:
            (draft.folder / "area.json").write_text(content)
            draft.version = content
    assert (versions.current() / "area.json").read_text() == "two"
    assert (versions.folder("one") / "area.json").read_text() == "one"


def test_a_failed_first_version_leaves_no_trace(tmp_path: Path) -> None:
    versions = Versions(tmp_path / "bucha")
    with pytest.raises(RuntimeError), versions.new():
        raise RuntimeError
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(NotFound):
        versions.current()


def test_a_failed_later_version_leaves_the_first_in_force(tmp_path: Path) -> None:
    versions = Versions(tmp_path / "bucha")
    with versions.new() as draft:
        draft.version = "one"
    with pytest.raises(RuntimeError), versions.new():
        raise RuntimeError
    assert versions.current().name == "one"
    assert [p.name for p in (tmp_path / "bucha" / "versions").iterdir()] == ["one"]


def test_the_same_version_again_is_kept_once(tmp_path: Path) -> None:
    versions = Versions(tmp_path / "bucha")
    for _ in range(2):
        with versions.new() as draft:
            draft.version = "one"
    assert [p.name for p in (tmp_path / "bucha" / "versions").iterdir()] == ["one"]


def test_a_pointer_to_nowhere_is_damage_not_absence(tmp_path: Path) -> None:
    write_text_atomically(tmp_path / "bucha" / "current", "gone\n")
    with pytest.raises(Damaged, match="Import it again"):
        Versions(tmp_path / "bucha").current()


@pytest.mark.parametrize("name", ["bucha", "porto-alegre", "Буча", "made.up_2"])
def test_names_people_use_are_fine(name: str) -> None:
    assert checked_name(name) == name


@pytest.mark.parametrize(
    "name", ["", ".", "..", "a/b", "../a", "-x", "_x", "x-", "a b", "check", "Check", "x" * 81, "a\n"]
)
def test_names_that_would_do_harm_are_refused(name: str) -> None:
    with pytest.raises(InvalidInput):
        checked_name(name)
