"""Every folder of texts is whole in every language: whoever reads Kazakh is told what whoever reads English is told."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from babel import Locale

from shanyrak.core.spec import spec_folder
from shanyrak.core.texts import LANGUAGES

Message = str | Mapping[str, str]

FOLDERS = sorted(path.name for path in (spec_folder() / "texts").iterdir() if path.is_dir())
OF_FEW = {"desk": ("uk", "en")}
"""Folders for people who run a network: Ukrainian and English."""


def languages_of(folder: str) -> tuple[str, ...]:
    return OF_FEW.get(folder, LANGUAGES)


EVERYWHERE = pytest.mark.parametrize("folder", FOLDERS)
WRITTEN = pytest.mark.parametrize(
    ("folder", "language"), [(one, each) for one in FOLDERS for each in languages_of(one)]
)
SPOKEN = pytest.mark.parametrize("language", LANGUAGES)


def read(folder: str, language: str) -> dict[str, Message]:
    def once(pairs: list[tuple[str, Message]]) -> dict[str, Message]:
        keys = [key for key, _ in pairs]
        assert len(keys) == len(set(keys)), f"said twice: {[key for key in keys if keys.count(key) > 1]}"
        return dict(pairs)

    path: Path = spec_folder() / "texts" / folder / f"{language}.json"
    return json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=once)


def holes(message: Message) -> set[str]:
    """Names in braces, of all forms together: "one place" may leave out the number, if another form has it."""
    forms = [message] if isinstance(message, str) else message.values()
    return {name for form in forms for name in re.findall(r"\{(\w+)\}", form)}


def test_there_are_folders_with_texts() -> None:
    assert {"words", "pages"} <= set(FOLDERS)


@EVERYWHERE
def test_a_folder_has_its_languages_and_no_other(folder: str) -> None:
    found = {path.stem for path in (spec_folder() / "texts" / folder).iterdir()}
    assert found == set(languages_of(folder))


@WRITTEN
def test_no_key_is_missing_and_none_is_left_over(folder: str, language: str) -> None:
    assert read(folder, language).keys() == read(folder, "en").keys()


@WRITTEN
def test_the_same_things_are_filled_in(folder: str, language: str) -> None:
    english, own = read(folder, "en"), read(folder, language)
    assert {key: holes(own[key]) for key in english} == {key: holes(english[key]) for key in english}


@WRITTEN
def test_a_text_with_forms_has_exactly_those_of_its_language(folder: str, language: str) -> None:
    rule = Locale.parse(language).plural_form
    wanted = set(rule.tags) | {"other"}
    for key, message in read(folder, language).items():
        if isinstance(message, str):
            continue
        assert set(message) - {"=1"} == wanted, key
        assert "n" in holes(message), f"{key} has forms and no number"


@WRITTEN
def test_nothing_is_empty_or_ends_in_a_space(folder: str, language: str) -> None:
    for key, message in read(folder, language).items():
        for form in [message] if isinstance(message, str) else message.values():
            assert form.strip() and form == form.strip(), key


@EVERYWHERE
def test_what_is_a_sentence_in_english_is_not_left_in_english_elsewhere(folder: str) -> None:
    english = read(folder, "en")
    for language in set(languages_of(folder)) - {"en"}:
        own = read(folder, language)
        same = [key for key, message in english.items() if message == own[key] and len(str(message).split()) > 3]
        assert not [key for key in same if re.search(r"[a-z]", re.sub(r"\{\w+\}", "", str(english[key])))], language


@SPOKEN
def test_every_kind_and_every_service_has_its_words(language: str) -> None:
    """As ``spec/kinds/point.json`` has them: a yes, a no, a number or one of its values, each as people say it."""
    words = read("words", language)
    kinds = json.loads((spec_folder() / "kinds" / "point.json").read_text(encoding="utf-8"))["kinds"]
    for value in kinds["point.described"]["body"]["kind"]["values"]:
        assert f"kind.{value}" in words
    for name, field in kinds["services.declared"]["body"].items():
        assert f"service.{name}" in words
        if field["type"] == "bool":
            assert f"service.{name}.no" in words
        if field["type"] == "int":
            assert f"service.{name}.n" in words and f"service.{name}.no" in words
        for value in field.get("values", ()):
            assert f"service.{name}.{value}" in words
    for value in kinds["point.ready"]["body"]["opens_when"]["values"]:
        assert f"ready.{value}" in words


@SPOKEN
def test_made_up_is_said_in_the_same_words_everywhere(language: str) -> None:
    plan = json.loads((spec_folder() / "texts" / f"{language}.json").read_text(encoding="utf-8"))
    words = read("words", language)
    assert words["made_up.banner"] == plan["made_up.banner"]
    assert words["language.name"] == plan["language.name"]
