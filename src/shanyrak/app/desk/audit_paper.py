"""The printed side of a point's audit file: what was said, by which device, and the hash of the file of all entries."""

from __future__ import annotations

from typing import Any

from shanyrak.app.desk.audit import audit, audit_json
from shanyrak.app.desk.board import Board
from shanyrak.app.desk.paper_words import by_in, time_in, words
from shanyrak.app.desk.words import hex_of
from shanyrak.app.naming import name_of
from shanyrak.app.story import Entry, entries_of
from shanyrak.app.story_lines import line_of
from shanyrak.app.wording import moment
from shanyrak.publish.paper.typesetting import pdf


def audit_pdf(board: Board, point: str, *, people: bool, language: str, now_at_min: int) -> tuple[bytes, str]:
    """The PDF file, and the SHA-256 of the JSON file it speaks of."""
    _, digest = audit_json(board, point, people=people)
    return pdf("desk_audit", _values(board, point, digest, people=people, language=language, at_min=now_at_min),
               now_at_min), digest  # fmt: skip


def _values(board: Board, point: str, digest: str, *, people: bool, language: str, at_min: int) -> dict[str, Any]:
    t = words(language)
    ledger = board.ledger
    said = audit(board, hex_of(point), people=people)
    things = {hex_of(one["about"]): ledger.thing(hex_of(one["about"])) for one in said["entries"]}
    lines: dict[str, Entry] = {entry.row.id.hex(): entry for entry in entries_of(ledger, things)}
    rows = []
    for one in said["entries"]:
        entry = lines[one["record"]] if people else lines[one["record"]]._replace(sealed=None)
        first = next(iter(line_of(ledger, entry, hex_of(point)))).partition("  ")[2]
        device = board.device_name(hex_of(one["device"])) if people else one["device"][:8]
        rows.append(
            {
                "when": moment(one["happened"]),
                "what": first,
                "mark": t("audit.does_not_count", why=one["does_not_count"]) if one["does_not_count"] else "",
                "who": " · ".join(part for part in (by_in(t, one["by"]), device) if part),
                "record": one["record"][:16],
                "standing": t(f"audit.{one['standing']}"),
            }
        )
    network = ledger.thing(ledger.net)
    operator = str(network.get("operator") or name_of(network)) if network is not None else ""
    return {
        "lang": language,
        "title": t("audit.title"),
        "name": said["point"]["name"],
        "id": point,
        "as_of": t("age.as_of", time=time_in(t, board.deployment.zone, at_min)),
        "count": f"{t('audit.entries', n=len(rows))}, {t('audit.devices', n=len(said['devices']))}",
        "digest": t("audit.digest", hash=digest),
        "digest_help": t("audit.digest_help"),
        "people": "" if people else t("audit.without_people"),
        "head": [t("audit.when"), t("audit.what"), t("audit.who"), t("audit.record")],
        "rows": rows,
        "operator": operator,
        "made_up": t("made_up.banner") if any(one.made_up for one in board.areas.values()) else "",
    }
