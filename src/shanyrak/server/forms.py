"""Plain forms without any script: their fields as data, how they look, how what was typed is read.

A form that misses something comes back with everything that was typed and a word beside each field at fault; nothing
was written down by then. As with ``/said`` no token guards them (see there): nobody is signed in.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape
from typing import Literal
from urllib.parse import parse_qsl

from starlette.responses import Response

from shanyrak.core.texts import LANGUAGES, Texts, texts
from shanyrak.server.plain import document, plain_page

PARTS = ("words", "forms")
MOST_BYTES = 8_192
POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
_LABEL = re.compile(r"[^\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]+")
_STYLE = (
    "<style>label,legend{display:block;margin:1.25rem 0 .25rem;font-weight:600}small{font-weight:400}"
    "input,select,textarea,button{font:inherit;min-height:3.5rem;padding:.5rem .75rem;width:100%;box-sizing:border-box;"
    "border:2px solid;border-radius:.5rem;background:Field;color:FieldText}textarea{min-height:7rem}"
    "button{margin-top:1.75rem;font-weight:700;cursor:pointer}.fault{font-weight:700;border-left:.4rem solid;"
    "padding-left:.75rem}</style>"
)


@dataclass(frozen=True)
class Field:
    """One question."""

    name: str
    label: str
    """key of its text"""
    kind: Literal["line", "text", "number", "date", "choice"] = "line"
    required: bool = False
    most: int = 200
    """characters, or the largest number"""
    choices: tuple[tuple[str, str], ...] = ()
    """value, key of its text; the first is chosen"""
    are_names: bool = False
    """The texts of the choices are names of things, not keys."""
    help: str = ""


@dataclass(frozen=True)
class Form:
    """A page with questions and one button."""

    path: str
    title: str
    intro: str
    send: str
    fields: tuple[Field, ...]
    warning: str = ""


class Wrong(Exception):
    """What was typed cannot be used: keys of texts by field."""

    def __init__(self, faults: Mapping[str, str]) -> None:
        self.faults = dict(faults)
        super().__init__(", ".join(self.faults))


def parse(body: bytes) -> dict[str, str]:
    """Names and values of a sent form; of a name that is there twice the last. What is no form is empty."""
    try:
        pairs = parse_qsl(body.decode("utf-8"), keep_blank_values=True, max_num_fields=40)
    except ValueError:
        return {}
    return {name: value.strip() for name, value in pairs}


def read(form: Form, given: Mapping[str, str], today: date) -> dict[str, str]:
    """The values of a form's own fields, each sound; "" where left empty.

    Raises
    ------
    Wrong
        Some are missing or not what was asked for.
    """
    values: dict[str, str] = {}
    faults: dict[str, str] = {}
    for one in form.fields:
        value = given.get(one.name, "")
        fault = _fault(one, value, today)
        if fault:
            faults[one.name] = fault
        values[one.name] = value.replace("\r\n", "\n")
    if faults:
        raise Wrong(faults)
    return values


def _fault(one: Field, value: str, today: date) -> str:
    """Key of what is wrong with a value; "" where nothing is."""
    if one.kind == "choice":
        return "" if value in {name for name, _ in one.choices} else "form.missing"
    if not value:
        return "form.missing" if one.required else ""
    if one.kind == "number":
        sound = value.isascii() and value.isdigit() and len(value) < 10 and int(value) <= one.most
        return "" if sound else "form.number"
    if one.kind == "date":
        try:
            return "" if date.fromisoformat(value) >= today and len(value) == 10 else "form.date"
        except ValueError:
            return "form.date"
    if len(value) > one.most:
        return "form.too_long"
    lines = value.replace("\r\n", "\n").split("\n") if one.kind == "text" else [value]
    return "" if all(_LABEL.fullmatch(line) or not line for line in lines) else "form.plain"


def show(
    form: Form,
    language: str,
    *,
    given: Mapping[str, str] | None = None,
    faults: Mapping[str, str] | None = None,
    notice: str = "",
    home: str = "/",
    languages: Sequence[str] = LANGUAGES,
) -> Response:
    """The form as a page; 422 where something is at fault."""
    t = texts(language, *PARTS)
    given, faults = given or {}, faults or {}
    tongues = " ".join(
        f'<a href="?lang={one}" lang="{one}">{escape(texts(one, "words")("language.name"))}</a>'
        for one in languages
        if one != language
    )
    warning = f"<p><strong>{escape(t(form.warning))}</strong></p>" if form.warning else ""
    fault = f'<p class="fault" role="alert">{escape(t("form.wrong"))}</p>' if faults else ""
    told = f"<p>{escape(notice)}</p>" if notice else ""
    body = (
        f"<h1>{escape(t(form.title))}</h1><p>{escape(t(form.intro))}</p>{told}{warning}{fault}"
        f'<form method="post" action="{form.path}"><input type="hidden" name="lang" value="{language}">'
        + "".join(_shown(one, t, given.get(one.name, ""), faults.get(one.name, "")) for one in form.fields)
        + f"<button>{escape(t(form.send))}</button></form>"
        f'<p><a href="{escape(home, quote=True)}">{escape(t("form.home"))}</a></p><p>{tongues}</p>'
    )
    page = document(language, t(form.title), _STYLE + body)
    return plain_page(page, 422 if faults else 200, {"content-security-policy": POLICY})


def _shown(one: Field, t: Texts, value: str, fault: str) -> str:
    """A field with its label, its help and what is wrong with it."""
    id = f"f-{one.name}"
    optional = "" if one.required or one.kind == "choice" else f" <small>({escape(t('form.optional'))})</small>"
    help = f"<small>{escape(t(one.help))}</small>" if one.help else ""
    wrong = f'<p class="fault" id="{id}-fault">{escape(t(fault))}</p>' if fault else ""
    marks = f' aria-invalid="true" aria-describedby="{id}-fault"' if fault else ""
    marks += " required" if one.required else ""
    shown = escape(value, quote=True)
    match one.kind:
        case "choice":
            options = "".join(
                f'<option value="{name}"{" selected" if name == value else ""}>{escape(text)}</option>'
                for name, text in ((name, key if one.are_names else t(key)) for name, key in one.choices)
            )
            entry = f'<select id="{id}" name="{one.name}"{marks}>{options}</select>'
        case "text":
            entry = f'<textarea id="{id}" name="{one.name}" maxlength="{one.most}"{marks}>{escape(value)}</textarea>'
        case "number":
            entry = f'<input id="{id}" name="{one.name}" inputmode="numeric" value="{shown}"{marks}>'
        case "date":
            entry = f'<input id="{id}" name="{one.name}" type="date" value="{shown}"{marks}>'
        case _:
            # autocomplete off: the next person at this phone must not see it.
            entry = (
                f'<input id="{id}" name="{one.name}" maxlength="{one.most}" autocomplete="off" value="{shown}"{marks}>'
            )
    return f'<label for="{id}">{escape(t(one.label))}{optional}</label>{help}{wrong}{entry}'


def answer(
    title: str,
    text: str,
    language: str,
    *,
    status: int = 200,
    home: str = "/",
    link: tuple[str, str] | None = None,
    fill: Callable[[str], str] = lambda text: text,
) -> Response:
    """A short page after a form. ``link``: address and key of its text."""
    t = texts(language, *PARTS)
    href, label = link or (home, "form.home")
    body = (
        f"<h1>{escape(t(title))}</h1><p>{escape(fill(str(t.messages[text])))}</p>"
        f'<p><a href="{escape(href, quote=True)}">{escape(t(label))}</a></p>'
    )
    return plain_page(document(language, t(title), body), status)
