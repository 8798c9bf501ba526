"""What stands on every paper: who is responsible, said and not guaranteed, 112, when it was printed."""

from __future__ import annotations

from typing import Any

from shanyrak.core.texts import Texts, texts
from shanyrak.publish.model import PublicView
from shanyrak.publish.pages.moments import Clock


def paper_texts(language: str) -> Texts:
    """Words that paper shares with the plain pages, and its own."""
    return texts(language, "words", "pages", "paper")


def common(view: PublicView, t: Texts, clock: Clock, title: str) -> dict[str, Any]:
    """Values of ``common.typ``."""
    responsible = t("page.operator", operator=view.operator) if view.operator else t("page.operator_unknown")
    return {
        "lang": t.language,
        "title": title,
        "operator": responsible,
        "guarantee": t("said_not_guaranteed"),
        "emergency": t("emergency", number=view.deployment.emergency),
        "made_up": t("made_up.banner") if view.made_up else "",
        "printed": t("paper.printed", time=clock.now()),
    }
