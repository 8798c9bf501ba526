"""``spec/vectors/bundle.json``: what is taken, and what is refused for which reason."""

from __future__ import annotations

import json
from typing import Any

import pytest

from shanyrak.core.spec import spec_folder
from shanyrak.publish.bundle_reading import ReadBundle, read_bundle
from shanyrak.publish.bundle_signing import CODES, BundleRefused

VECTORS = json.loads((spec_folder() / "vectors" / "bundle.json").read_text(encoding="utf-8"))


def read(case: dict[str, Any]) -> ReadBundle:
    files = {**VECTORS["folder"], **case["files"]}

    def get(path: str) -> bytes:
        if files.get(path) is None:
            raise FileNotFoundError(path)
        return bytes.fromhex(files[path])

    known = case["known"]
    return read_bundle(
        get, net=known["net"], keys=known["keys"], highest=(known["manifest"], known["status"]), now_s=known["now_s"]
    )


@pytest.mark.parametrize("case", [one for one in VECTORS["cases"] if one["code"]], ids=lambda one: one["name"])
def test_what_must_not_be_used_is_refused(case: dict[str, Any]) -> None:
    with pytest.raises(BundleRefused) as refused:
        read(case)
    assert refused.value.code == case["code"]


@pytest.mark.parametrize("case", [one for one in VECTORS["cases"] if not one["code"]], ids=lambda one: one["name"])
def test_what_may_be_used_is_taken(case: dict[str, Any]) -> None:
    assert len(read(case).view.points) == 3


def test_every_reason_has_a_case() -> None:
    assert {one["code"] for one in VECTORS["cases"]} == {"", *CODES}


def test_the_folder_says_what_it_should() -> None:
    found = read(VECTORS["cases"][0])
    view, wanted = found.view, VECTORS["found"]
    assert (found.signed.status_version, view.as_of_at_min, view.mode) == tuple(
        wanted[name] for name in ("version", "as_of_at_min", "mode")
    )
    for point, one in zip(view.points, wanted["points"], strict=True):
        status = view.status[point.id]
        said = status.visitors
        hours = point.hours and point.hours.open_at_min
        assert {
            "id": point.id, "state": status.state, "said_at_min": status.said_at_min, "by": status.by,
            "until_at_min": status.until_at_min, "band": status.band,
            "visitors": [said.open, said.full, said.shut, said.not_here, said.last_at_min],
            "open_at_min": hours and [list(span) for span in hours],
        } == one  # fmt: skip
    assert view.points[0].floor == 0
    assert view.points[0].services["pets"].value is False
    assert view.accounts[0].served_visits == 120
