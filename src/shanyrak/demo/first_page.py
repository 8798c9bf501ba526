"""The first page of the demo: one question, three ways on, and the evening from its beginning.

It needs no script; with one, the language chosen here goes along, and what browsers keep of the evening before is
thrown away with it.
"""

from __future__ import annotations

from html import escape
from importlib.resources import files

from shanyrak.core.texts import LANGUAGES, texts


def script() -> str:
    """What the pages' one script does."""
    return (files("shanyrak.demo") / "first_page.js").read_text(encoding="utf-8")


def style() -> str:
    """The pages' style sheet."""
    return (files("shanyrak.demo") / "first_page.css").read_text(encoding="utf-8")


def first_page(language: str, plan: str) -> str:
    """The question and the three ways on, as HTML.

    Parameters
    ----------
    plan : address of the plan's page
    """
    t = texts(language, "demo")
    ways = "".join(
        f'<li><a href="{href}"><strong>{escape(t(key))}</strong>{escape(t(f"{key}.text"))}</a></li>'
        for key, href in (
            ("demo.find", "/find/app/"),
            ("demo.keep", f"/keep?lang={language}"),
            ("demo.run", f"/as/desk?lang={language}"),
        )
    )
    return _page(
        language,
        "/",
        f'<h1>{escape(t("demo.question"))}</h1><ul class="ways">{ways}</ul>'
        f"<section><h2>{escape(t('demo.scene'))}</h2><p>{escape(t('demo.scene.text'))}</p>"
        f'<p><a href="{escape(plan, quote=True)}">{escape(t("demo.plan"))}</a></p>{_again(language)}</section>'
        f'<p class="soft">{escape(t("demo.real"))}</p>',
    )


def keep_page(language: str) -> str:
    """The phone at the door beside the desk, as HTML."""
    t = texts(language, "demo")
    host, desk = f"/as/host?lang={language}", f"/as/desk?lang={language}"

    def part(kind: str, title: str, src: str) -> str:
        alone = f'<a class="soft" href="{src}" target="_blank" rel="noopener">{escape(t("demo.open_alone"))}</a>'
        return (
            f'<section class="{kind}"><div class="head"><h2>{escape(title)}</h2>{alone}</div>'
            f'<iframe src="{src}" title="{escape(title, quote=True)}" allow="camera"></iframe></section>'
        )

    return _page(
        language,
        "/keep",
        f'<p><a class="button" href="/?lang={language}">{escape(t("demo.back"))}</a></p>'
        f"<h1>{escape(t('demo.keep'))}</h1><p>{escape(t('demo.keep.intro'))}</p>"
        f'<div class="both">{part("phone", t("demo.phone"), host)}{part("desk", t("demo.desk"), desk)}</div>'
        f"<section>{_again(language)}</section>",
        wide=True,
    )


def wait_page(language: str) -> str:
    """While the evening is made anew; it asks again by itself."""
    t = texts(language, "demo")
    return _page(language, "/", f"<h1>{escape(t('demo.wait'))}</h1>", refresh_s=2)


def _again(language: str) -> str:
    t = texts(language, "demo")
    return (
        f'<form class="again" method="post" action="/again?lang={language}"><button>{escape(t("demo.again"))}</button>'
        f'<p class="soft">{escape(t("demo.again.text"))}</p></form>'
    )


def _page(language: str, at: str, body: str, *, wide: bool = False, refresh_s: int = 0) -> str:
    t = texts(language, "demo")
    current = ' aria-current="true"'
    tongues = "".join(
        f'<a href="{at}?lang={one}" lang="{one}"{current if one == language else ""}>'
        f"{escape(texts(one, 'words')('language.name'))}</a>"
        for one in LANGUAGES
    )
    refresh = f'<meta http-equiv="refresh" content="{refresh_s}">' if refresh_s else ""
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">{refresh}'
        f"<title>{escape(t('demo.title'))}</title>"
        '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">'
        '<link rel="icon" href="/sign.svg" type="image/svg+xml"><link rel="stylesheet" href="/demo.css">'
        '<script src="/demo.js" defer></script></head><body>'
        f'<p class="made-up">{escape(t("demo.made_up"))}</p><main{" class=wide" if wide else ""}>'
        f'<nav aria-label="{escape(t("demo.languages"), quote=True)}">{tongues}</nav>{body}</main></body></html>'
    )
