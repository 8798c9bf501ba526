"""Who stands behind an undertaking: how many, as visits are told, and the names that were released."""

from __future__ import annotations

from collections.abc import Iterable

from shanyrak.facts.said import happened_of
from shanyrak.facts.store import Row
from shanyrak.publish.grid import WEEK_MS
from shanyrak.publish.known import known_by
from shanyrak.publish.model import Source, Step
from shanyrak.publish.record import Record, happened_ms
from shanyrak.publish.totals import LEAST, Totals, rounded

SUPPORTED = "initiative.supported"


class Supporters:
    """Reads them.

    Parameters
    ----------
    initiatives : those that have an account
    counted : up to when, and by what was known when
    """

    def __init__(self, record: Record, initiatives: set[bytes], counted: Totals) -> None:
        self._record = record
        self._until = counted.until
        self._named: dict[bytes, list[Row]] = {}
        self._count: dict[bytes, int] = {}
        rows = [row for row in record.secret(SUPPORTED) if row.about in initiatives]
        for row in rows:
            if (row.fact.body_value() or {}).get("publish") == "name" and record.is_released(row, "words"):
                self._named.setdefault(row.about, []).append(row)
        end_ms = counted.line_ms - WEEK_MS
        for row in known_by(record.ledger, rows, counted.line_ms):
            latest = happened_ms(row)[1]
            if (row.eff_ms if latest is None else latest) < end_ms:
                self._count[row.about] = self._count.get(row.about, 0) + 1

    def steps(self, initiative: bytes) -> Iterable[Step]:
        """How many there are, none under ten; then each who wanted to be named."""
        count = self._count.get(initiative, 0)
        if count >= LEAST:
            yield Step("supported", f"/{self._until}", "", rounded(count), "", "", ())
        for row in self._named.get(initiative, ()):
            name = str(
                (row.fact.body_value() or {}).get("organisation") or (row.fact.sealed_value() or {}).get("who", "")
            )
            if name:
                source = Source(row.id.hex(), row.kind, happened_of(row), self._record.who(row))
                yield Step("supported", happened_of(row), "", None, name, "", (source,))
