"""*Who stands behind this?*: what was promised and what became of it, statements side by side, entries underneath."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from shanyrak.core.texts import Texts
from shanyrak.publish.model import Account, Source, Statement, Step
from shanyrak.publish.pages.moments import Clock
from shanyrak.publish.pages.naming import Said, label, words

STATEMENT_DIGITS = 12


def account_name(account: Account, t: Texts) -> Said:
    """Its name, else what it is."""
    name = label(account.names, t.language)
    if name.text:
        return name
    what = t("account.initiatives") if account.type == "initiative" else t("point")
    return Said(f"{what} {account.id[:6]}", t.language)


def account_values(
    account: Account, t: Texts, clock: Clock, point_hrefs: Mapping[str, str], account_hrefs: Mapping[str, str]
) -> dict[str, Any]:
    """What the page shows.

    Parameters
    ----------
    point_hrefs : pages of the points that people are led to, by id
    account_hrefs : pages of accounts, by id
    """
    whose = {one.id: one for one in account.statements}
    visits = account.served_visits
    served = t("account.visits_unknown")
    if visits is not None:
        served = t("account.visits", n=visits, date=clock.edtf(account.served_until))
    return {
        "name": account_name(account, t),
        "archive": account.archive,
        "initiative": account.id if account.type == "initiative" else "",
        "place": "" if account.archive else point_hrefs.get(account.id, ""),
        "idea": words(account.idea, t.language),
        "steps": [_step(one, account, t, clock) for one in account.steps],
        "statements": [_statement(one, whose, t, clock) for one in account.statements],
        "points": [
            {
                "name": label(account.names_of.get(one, {}), t.language)
                if any(account.names_of.get(one, {}).values())
                else Said(f"{t('point')} {one[:6]}", t.language),
                "href": "" if account.archive else point_hrefs.get(one, account_hrefs.get(one, "")),
            }
            for one in account.points
        ],
        "served": served,
        "paid": clock.edtf(account.paid_until) if account.paid_until else "",
    }


def _step(step: Step, account: Account, t: Texts, clock: Clock) -> dict[str, Any]:
    what = ""
    if step.what:
        # Help and equipment have words of their own; a point that stands is called by its kind.
        what = t(next((key for key in (f"help.{step.what}", f"kind.{step.what}") if key in t), "help.other"))
        if step.count is not None and step.count != 1:
            what = f"{what} × {t.number(step.count)}"
    elif step.step == "supported" and step.count is not None:
        what = t("account.supporters", n=step.count)
    promising = step.step in ("promised", "taken_back")
    named = label(account.names_of.get(step.point, {}), t.language) if step.point and step.point != account.id else None
    return {
        "name": t(f"step.{step.step}"),
        "what": what,
        "happened": clock.edtf(step.happened) if step.happened and step.happened != "unknown" else "",
        "giver": step.name or (t("account.giver_unnamed") if promising else ""),
        "point": named if named and named.text else None,
        "sources": [_source(one, t, clock) for one in step.sources],
    }


def _source(source: Source, t: Texts, clock: Clock) -> dict[str, str]:
    by = t(f"who.{source.by}") if source.by and f"who.{source.by}" in t else source.by
    happened = clock.edtf(source.happened) if source.happened != "unknown" else ""
    return {"id": source.id[:12], "happened": happened, "by": by}


def _statement(one: Statement, whose: Mapping[str, Statement], t: Texts, clock: Clock) -> dict[str, Any]:
    answered = whose.get(one.in_reply_to)
    said = words(one.words, t.language)
    only = Said(said.text, one.lang or said.lang) if len(one.words) == 1 else said
    safe = one.url.startswith(("https://", "http://"))
    return {
        "id": one.id[:STATEMENT_DIGITS],
        "who": one.who,
        "role": one.role,
        "happened": clock.edtf(one.happened) if one.happened and one.happened != "unknown" else "",
        "words": only,
        "url": one.url if safe else "",
        "host": urlsplit(one.url).hostname or "" if safe else "",
        "via": one.quoted_via,
        "source_known": one.source_known,
        "own_words": one.own_words,
        "reply": {"id": answered.id[:STATEMENT_DIGITS], "who": answered.who} if answered else None,
    }
