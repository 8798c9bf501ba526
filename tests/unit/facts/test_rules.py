"""The rules are data, read strictly: whatever is not described is refused, with file and place."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from shanyrak.core.errors import InvalidInput
from shanyrak.core.spec import spec_folder
from shanyrak.facts.rules import Rules, load_rules

# A small world: a lamp is lit and put out; a match is struck out of nothing.
LAMPS: dict[str, Any] = {
    "family": "lamps",
    "things": {
        "lamp": {
            "help": "Gives light.",
            "states": ["lit", "dark"],
            "moves": {"lamp.lit": {"from": ["", "dark"], "to": "lit"}, "lamp.dark": {"from": ["lit"], "to": "dark"}},
        }
    },
    "kinds": {
        "lamp.lit": {
            "v": 1,
            "help": "It burns.",
            "about": ["lamp"],
            "creates": "lamp",
            "by": ["keeper"],
            "scope": "around",
            "public": True,
            "body": {
                "oil_ml": {"type": "int", "min": 0, "max": 900, "unit": "ml", "merge": "count", "help": "Oil in it."},
                "room": {"type": "id", "of": "lamp", "help": "Where."},
                "wicks": {"type": "list", "item": {"type": "id", "of": "any"}, "most": 3},
                "after": {"type": "id", "of": "fact", "public": False},
            },
            "sealed": {"why": {"type": "text", "max": 20}, "motto": {"type": "texts", "max": 9, "public": True}},
        },
        "lamp.dark": {
            "v": 1,
            "help": "It is out.",
            "about": ["lamp"],
            "creates": "",
            "by": ["anyone"],
            "scope": "around",
            "public": False,
            "silent": True,
            "wordless": True,
            "body": {"count": {"type": "int", "min": 1, "max": 2}},
            "sealed": {},
        },
    },
}
ROLES = {"roles": {"keeper": {"admits": ["keeper"], "help": "Keeps the lamps."}}}
COMMON = {"body": {"happened": {"type": "edtf", "merge": "none"}}, "sealed": {"note": {"type": "text", "max": 20}}}

Change = Callable[[dict[str, Any]], object]


def written(folder: Path, *, lamps: Any = LAMPS, roles: Any = ROLES, common: Any = COMMON) -> Path:
    """A ``spec`` folder that holds the lamps."""
    (folder / "kinds").mkdir(parents=True)
    (folder / "kinds" / "lamps.json").write_text(json.dumps(lamps))
    (folder / "kinds" / "common.json").write_text(json.dumps(common))
    (folder / "roles.json").write_text(json.dumps(roles))
    return folder


def rules_after(folder: Path, change: Change) -> Rules:
    """The rules of the lamps after a change of the data."""
    lamps = json.loads(json.dumps(LAMPS))
    change(lamps)
    return load_rules(written(folder, lamps=lamps))


def test_a_kind_is_what_the_data_say(tmp_path: Path) -> None:
    rules = load_rules(written(tmp_path))
    lit = rules.kinds["lamp.lit"]
    assert (lit.name, lit.v, lit.family, lit.about, lit.creates) == ("lamp.lit", 1, "lamps", ("lamp",), "lamp")
    assert (lit.by, lit.scope, lit.public, lit.silent, lit.wordless) == (("keeper",), "around", True, False, False)
    assert (lit.body["oil_ml"].merge, lit.body["oil_ml"].unit, lit.body["oil_ml"].max) == ("count", "ml", 900)


def test_every_kind_has_the_common_fields_and_a_wordless_one_no_sealed_part(tmp_path: Path) -> None:
    rules = load_rules(written(tmp_path))
    assert "happened" in rules.kinds["lamp.lit"].body
    assert set(rules.kinds["lamp.lit"].sealed) == {"why", "motto", "note"}
    assert set(rules.kinds["lamp.dark"].sealed) == set()
    assert rules.kinds["lamp.dark"].sealed_fault({"note": "x"}) == "note is no field of it"


def test_links_are_the_fields_that_name_things_not_those_that_name_facts(tmp_path: Path) -> None:
    assert load_rules(written(tmp_path)).kinds["lamp.lit"].links == (("room", "lamp"), ("wicks", "any"))


def test_a_body_is_public_unless_held_back_a_sealed_part_only_where_it_says_so(tmp_path: Path) -> None:
    lit = load_rules(written(tmp_path)).kinds["lamp.lit"]
    shown = {name: field.public for name, field in {**lit.body, **lit.sealed}.items()}
    assert shown == {
        "oil_ml": True, "room": True, "wicks": True, "after": False, "happened": False,
        "why": False, "motto": True, "note": False,
    }  # fmt: skip


def test_a_silent_kind_merges_nothing(tmp_path: Path) -> None:
    assert load_rules(written(tmp_path)).kinds["lamp.dark"].body["count"].merge == "none"


def test_a_life_is_a_table_of_moves(tmp_path: Path) -> None:
    lamp = load_rules(written(tmp_path)).things["lamp"]
    assert lamp.states == ("lit", "dark")
    assert lamp.moves == {"lamp.lit": (frozenset({"", "dark"}), "lit"), "lamp.dark": (frozenset({"lit"}), "dark")}


def test_a_kind_or_version_that_is_not_there_is_newer_than_this_program(tmp_path: Path) -> None:
    rules = load_rules(written(tmp_path))
    assert rules.kind("lamp.lit", 1) is rules.kinds["lamp.lit"]
    assert rules.kind("lamp.lit", 2) is None
    assert rules.kind("lamp.smashed", 1) is None


def test_two_versions_of_a_kind_stand_side_by_side(tmp_path: Path) -> None:
    def second(lamps: dict[str, Any]) -> None:
        lamps["kinds"]["lamp.lit:2"] = {**lamps["kinds"]["lamp.lit"], "v": 2, "body": {}}

    rules = rules_after(tmp_path, second)
    assert rules.kinds["lamp.lit"].v == 2
    first, newest = rules.kind("lamp.lit", 1), rules.kind("lamp.lit", 2)
    assert first is not None and newest is not None
    assert ("oil_ml" in first.body, "oil_ml" in newest.body) == (True, False)


def test_the_version_of_the_rules_changes_with_every_rule_and_with_no_help_text(tmp_path: Path) -> None:
    base = load_rules(written(tmp_path / "base")).version
    assert len(base) == 32

    def reworded(lamps: dict[str, Any]) -> None:
        lamps["kinds"]["lamp.lit"]["help"] = "It gives light."
        lamps["kinds"]["lamp.lit"]["body"]["oil_ml"]["help"] = "How much oil."
        lamps["things"]["lamp"]["help"] = "A light."

    assert rules_after(tmp_path / "reworded", reworded).version == base
    rules: list[Change] = [
        lambda lamps: lamps["kinds"]["lamp.lit"]["body"]["oil_ml"].update(max=901),
        lambda lamps: lamps["kinds"]["lamp.lit"].update(by=["anyone"]),
        lambda lamps: lamps["things"]["lamp"]["moves"]["lamp.dark"].update({"from": ["lit", ""]}),
    ]
    versions = {rules_after(tmp_path / str(n), change).version for n, change in enumerate(rules)}
    roles = {"roles": {"keeper": {"admits": [], "help": ""}}}
    versions.add(load_rules(written(tmp_path / "roles", roles=roles)).version)
    assert len(versions | {base}) == 5


def lit(**changes: Any) -> Change:
    return lambda lamps: lamps["kinds"]["lamp.lit"].update(changes)


def oil(**changes: Any) -> Change:
    return lambda lamps: lamps["kinds"]["lamp.lit"]["body"].update(oil_ml={**LAMPS_OIL, **changes})


LAMPS_OIL = LAMPS["kinds"]["lamp.lit"]["body"]["oil_ml"]
AT_OIL = "lamps.json: kinds > lamp.lit > body > oil_ml"


@pytest.mark.parametrize(
    ("change", "where", "what"),
    [
        (lit(colour="red"), "lamps.json: kinds > lamp.lit", "unknown member colour"),
        (oil(maximum=5), AT_OIL, "unknown member maximum"),
        (lambda lamps: lamps.update(notes=1), "lamps.json", "unknown member notes"),
        (lambda lamps: lamps["kinds"]["lamp.lit"].pop("by"), "lamps.json: kinds > lamp.lit", "by is missing"),
        (oil(type="float"), AT_OIL, "'float' is no type"),
        (oil(merge="average"), AT_OIL, "'average' cannot merge a field of type int"),
        (oil(unit="l"), AT_OIL, "its unit l is not the last part of its name"),
        (lit(by=["king"]), "lamps.json: kinds > lamp.lit > by", "it is said by a role that does not exist"),
        (lit(about=["torch"]), "lamps.json: kinds > lamp.lit > about", "it is about a thing that does not exist"),
        (lit(creates="torch"), "lamps.json: kinds > lamp.lit > creates", "it creates a thing that does not exist"),
        (lit(scope="here"), "lamps.json: kinds > lamp.lit", "scope is one of thing, around, network"),
        (lit(v=2), "lamps.json: kinds > lamp.lit", "its second version point.opened:2"),
        (lit(within="oil_ml"), "lamps.json: kinds > lamp.lit > within", "oil_ml is no id by which"),
        (lit(body={"why": {"type": "text", "max": 9}}), "lamps.json: kinds > lamp.lit > body > why", "free text"),
        (lit(body={"note": {"type": "code"}}), "lamps.json: kinds > lamp.lit", "note is there twice"),
        (lit(body={"Oil": {"type": "bool"}}), "lamps.json: kinds > lamp.lit > body", "'Oil' cannot be the name"),
        (
            lit(body={"room": {"type": "id", "of": "torch"}}),
            "lamps.json: kinds > lamp.lit > body > room",
            "'torch' is no type of thing",
        ),
        (
            lit(body={"room": {"type": "label", "merge": "plus"}}),
            "lamps.json: kinds > lamp.lit > body > room",
            "'plus' cannot merge a field of type label",
        ),
        (
            lit(public=False, sealed={"motto": {"type": "texts", "max": 9, "public": True}}),
            "lamps.json: kinds > lamp.lit > sealed > motto",
            "a field of a kind that is not public cannot be public",
        ),
        (
            lambda lamps: lamps["kinds"]["lamp.dark"]["sealed"].update(why={"type": "text", "max": 9}),
            "lamps.json: kinds > lamp.dark",
            "a wordless kind has no sealed part",
        ),
        (
            lambda lamps: lamps["kinds"]["lamp.dark"]["body"]["count"].update(merge="last"),
            "lamps.json: kinds > lamp.dark",
            "a silent kind merges nothing",
        ),
        (
            lambda lamps: lamps["things"]["lamp"]["moves"].update({"lamp.lit": {"from": ["broken"], "to": "lit"}}),
            "lamps.json: things > lamp > moves > lamp.lit",
            "broken is no state of a lamp",
        ),
        (
            lambda lamps: lamps["things"]["lamp"]["moves"].update({"lamp.sold": {"from": [""], "to": "dark"}}),
            "things > lamp > moves",
            "lamp.sold is no kind",
        ),
    ],
)
def test_what_is_not_described_is_refused_with_its_place(tmp_path: Path, change: Change, where: str, what: str) -> None:
    with pytest.raises(InvalidInput) as fault:
        rules_after(tmp_path, change)
    assert fault.value.where == where
    assert what in fault.value.what


def test_a_role_admits_only_to_roles_that_exist(tmp_path: Path) -> None:
    folder = written(tmp_path, roles={"roles": {"keeper": {"admits": ["king"], "help": ""}}})
    with pytest.raises(InvalidInput, match=r"roles\.json: keeper: it admits to a role that does not exist"):
        load_rules(folder)


def test_a_kind_described_in_two_files_is_refused(tmp_path: Path) -> None:
    folder = written(tmp_path)
    (folder / "kinds" / "more.json").write_text(json.dumps({**LAMPS, "family": "more", "things": {}}))
    with pytest.raises(InvalidInput, match=r"more\.json: kinds: lamp\.lit is described a second time"):
        load_rules(folder)


def test_a_damaged_or_missing_file_is_named(tmp_path: Path) -> None:
    folder = written(tmp_path)
    (folder / "kinds" / "lamps.json").write_text('{"family": ')
    with pytest.raises(InvalidInput, match=r"lamps\.json: it is no JSON"):
        load_rules(folder)
    (folder / "roles.json").unlink()
    with pytest.raises(InvalidInput, match=r"roles\.json: the file is missing"):
        load_rules(folder)


def test_the_rules_that_come_with_the_program_are_read_once_and_are_the_same_anywhere(tmp_path: Path) -> None:
    assert load_rules() is load_rules()
    shutil.copytree(spec_folder() / "kinds", tmp_path / "kinds")
    shutil.copy(spec_folder() / "roles.json", tmp_path)
    assert load_rules(tmp_path).version == load_rules().version
