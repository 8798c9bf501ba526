"""The report of a plan: one self-contained page that begins with the sentence.

It is made out of ``plan.json`` and shapes for the map, so that a report never says what the plan's
data does not.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import jinja2

from shanyrak.app.report import words
from shanyrak.app.report.comparing import figure_rows
from shanyrak.app.report.curve_svg import CurvePoint, draw_curve
from shanyrak.app.report.trading import promise, share_down, traded, walk_up
from shanyrak.core.attribution import OSM_COPYRIGHT_PAGE
from shanyrak.core.texts import Texts
from shanyrak.core.version import __version__

_ENVIRONMENT = jinja2.Environment(
    loader=jinja2.PackageLoader("shanyrak.app.report", "."),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
)

Data = Mapping[str, Any]


def existing_label(index: int) -> str:
    """A, B, ... Z, A1, ...: existing points carry letters, new sites numbers."""
    return chr(ord("A") + index % 26) + (str(index // 26) if index >= 26 else "")


def render_report(plan: Data, t: Texts, map_svg: str) -> str:
    """The page as text.

    Parameters
    ----------
    plan : mapping
        Content of ``plan.json``.
    t : Texts
        Language of the page.
    map_svg : str
        The map as inline SVG (``map_svg.draw_map``).
    """
    summary, area = plan["summary"], plan["area"]
    span = words.minutes(t, summary["minutes"])
    credit = t("made_up.attribution") if area["made_up"] else area["attribution"]
    template = _ENVIRONMENT.get_template("page.html.j2")
    return template.render(
        t=t,
        version=__version__,
        title=t("plan.page_title") + " " + area_title(t, area),
        place=area_title(t, area),
        made_up=area["made_up"],
        moment=t.moment(datetime.fromisoformat(plan["created"])),
        sentence=sentence_of(t, plan),
        choice=t(f"plan.choice.{summary['aim']}") if "aim" in summary else "",
        traded=traded(t, plan),
        figures=_figures(t, plan),
        districts=_districts(t, plan.get("districts")),
        fronts=_fronts(t, plan, span),
        walking=_walking(t, plan["profile"]),
        minutes=span,
        map=map_svg,
        numbers=_numbers(t, plan),
        sites=[_site(t, site, span) for site in summary["sites"]],
        existing=[
            {
                "label": existing_label(i),
                "name": words.place_name(t, point),
                "covers": t("plan.site.covers_existing", n=round(point["covers_persons"]), minutes=span),
            }
            for i, point in enumerate(plan["existing"])
        ],
        curve=_curve(t, plan),
        curve_rows=[
            (row["k"], t.people(row["covered_persons"]), words.at_most(t, row["bound_persons"]))
            for row in plan["curve"]
        ],
        stability=_stability(t, plan.get("stability")),
        people_how=_people_how(t, area),
        assumptions=[t(f"plan.assume.{code}") for code in plan["assumptions"]],
        notes=plan["notes"],
        credit=credit,
        copyright_page=OSM_COPYRIGHT_PAGE,
    )


def sentence_of(t: Texts, plan: Data) -> str:
    """The sentence a plan begins with: of the first choice, or of what another one promises."""
    summary = plan["summary"]
    return promise(t, plan) if "first" in plan else words.sentence(t, summary, len(plan["existing"]))


def _figures(t: Texts, plan: Data) -> list[list[str]]:
    """Name, this plan, the first choice: figures side by side; nothing where the plan is the first choice."""
    first = plan.get("first")
    if first is None:
        return []
    summary = plan["summary"]

    def told(aim: str, figures: Data, sites: list[str], cost: float | None) -> Data:
        return {
            "id": "", "aim": aim, "k": len(sites), "minutes": summary["minutes"], "figures": figures, "cost": cost,
            "bound_persons": summary["bound_persons"],
        }  # fmt: skip

    mine = [site["id"] for site in summary["sites"]]
    theirs = list(first["sites"])
    both = {
        "plans": [
            told(summary["aim"], plan["figures"], mine, summary.get("cost")),
            told("most", first["figures"], theirs, first.get("cost")),
        ],
        "only": [sorted(set(mine) - set(theirs)), sorted(set(theirs) - set(mine))],
        "persons": None,
    }
    return figure_rows(t, both)


def _districts(t: Texts, districts: Data | None) -> dict[str, Any] | None:
    """The table of districts, the one served worst first; None where there is one only."""
    if districts is None or len(districts["rows"]) < 2:
        return None
    rows = sorted(districts["rows"], key=lambda row: (row["covered_persons"] / (row["persons"] or 1), row["name"]))
    how = f"plan.districts.{districts['how']}"
    return {
        "how": t(how) if how in t else "",
        "rows": [
            (
                row["name"] + ("" if row["counts"] else " *"),
                t.people(row["persons"]),
                t.people(math.floor(row["covered_persons"])),
                share_down(t, row["covered_persons"] / row["persons"]) if row["persons"] else "",
            )
            for row in rows
        ],
    }


def _fronts(t: Texts, plan: Data, span: str) -> list[dict[str, Any]]:
    """Each front as a drawing and a table."""
    out = []
    for name, rows in plan.get("fronts", {}).items():
        column = "farthest_min" if name == "walk" else "cost"
        points = [CurvePoint(row[column], row["covered_persons"], row["bound_persons"]) for row in rows]
        least, most = (t.number(point.k) for point in (points[0], points[-1]))
        own = plan["figures"]["farthest_min"] if name == "walk" else plan["asked"].get("budget")
        drawn = draw_curve(
            points, own, plan["summary"]["demand_persons"], title=t(f"plan.front.{name}.label", least=least, most=most),
            x_label=t(f"plan.front.{name}.x"), number=t.people, x_number=t.number, from_zero=False,
        )  # fmt: skip
        out.append(
            {
                "title": t(f"plan.front.{name}.title"),
                "text": t(f"plan.front.{name}.text", minutes=span),
                "column": t(f"plan.front.{name}.column"),
                "drawn": drawn,
                "rows": [
                    (
                        t("plan.figure.walk_value", value=walk_up(t, row[column])) if name == "walk"
                        else t.number(row[column]),
                        t.people(math.floor(row["covered_persons"])), words.at_most(t, row["bound_persons"]),
                    )
                    for row in rows
                ],
            }
        )  # fmt: skip
    return out


def area_title(t: Texts, area: Data) -> str:
    """What the area is called for a reader: "Made-up town" in their language, else its name."""
    return t("made_up.banner") if area["made_up"] else str(area["title"])


def _walking(t: Texts, profile: Data) -> str:
    key = f"plan.walking.{profile['name']}"
    return t(key if key in t else "plan.walking.other", speed=t.number(profile["speed_m_per_s"] * 3.6))


def _numbers(t: Texts, plan: Data) -> list[tuple[str, str]]:
    summary = plan["summary"]
    living, reached = round(summary["demand_persons"]), math.floor(summary["covered_persons"])
    unreachable = round(plan["unreachable_persons"])
    numbers = [(t("plan.numbers.living"), living)]
    if plan["existing"]:
        numbers.append((t("plan.numbers.existing"), math.floor(summary["existing_persons"])))
    # The last ones take what rounding leaves, so that a reader who adds up finds the first.
    far = t("plan.numbers.unserved", minutes=words.minutes(t, summary["minutes"]))
    numbers += [(t("plan.numbers.covered"), reached), (far, living - reached - unreachable)]
    if unreachable:
        numbers.append((t("plan.numbers.unreachable"), unreachable))
    return [(label, t.people(value)) for label, value in numbers]


def _site(t: Texts, site: Data, span: str) -> dict[str, Any]:
    said = [words.why(t, reason) for reason in site["why"] if reason["code"] != "adds" or not round(reason["persons"])]
    lines = [line for line in said if line]
    backup = round(site["backup_persons"])
    lines.append(t("plan.site.backup", n=backup) if backup else t("plan.site.backup_none"))
    if site["farthest_walk_min"] is not None:
        lines.append(t("plan.site.farthest", minutes=words.minutes(t, site["farthest_walk_min"])))
    return {
        "rank": site["rank"],
        "name": words.place_name(t, site),
        "what": words.kind(t, site),
        "asked": t(f"plan.asked.{words.slug(site['asked'])}"),
        "position": f"{site['lat']:.5f}, {site['lon']:.5f}",
        "adds": _adds(t, round(site["adds_persons"]), span),
        "lines": lines,
    }


def _adds(t: Texts, persons: int, span: str) -> str:
    return t("plan.site.adds_long", n=persons, minutes=span) if persons else t("plan.site.adds_none")


def _curve(t: Texts, plan: Data) -> str:
    rows: Sequence[Data] = plan["curve"]
    if len(rows) < 2:
        return ""
    points = [CurvePoint(r["k"], r["covered_persons"], r["bound_persons"]) for r in rows]
    title = t("plan.curve.label", least=str(points[0].k), most=str(points[-1].k))
    return draw_curve(
        points,
        plan["summary"]["k"],
        plan["summary"]["demand_persons"],
        title=title,
        x_label=t("plan.curve.x"),
        number=t.people,
    )


def _stability(t: Texts, stability: Data | None) -> list[str]:
    if not stability:
        return []
    lines = []
    slower = stability.get("walks_10_percent_slower")
    if slower:
        lines.append(
            t(
                "plan.stability.slower",
                people=words.reached(t, slower["same_sites_persons"]),
                most=words.at_most(t, slower["bound_persons"]),
            )
        )
    people = stability.get("people_20_percent")
    if people:
        share = t.percent(people["worst_share_of_best"])
        lines.append(t("plan.stability.people", n=people["draws"], share=share))
        stay = people["sites_that_stay"]
        if len(stay) == people["sites"]:
            lines.append(t("plan.stability.stay_all"))
        elif stay:
            lines.append(t("plan.stability.stay_some", ranks=", ".join(str(rank) for rank in stay)))
        else:
            lines.append(t("plan.stability.stay_none"))
    return lines


def _people_how(t: Texts, area: Data) -> list[str]:
    lines = [t(f"plan.people_how.{words.slug(area['people_how'])}")]
    if area.get("people_source"):
        lines.append(t("plan.people_how.source", source=str(area["people_source"])))
    return lines
