"""The ledger: say, accept, and see what is so.

    say      a fact of this device's own: signed, kept, folded; on disk when the call returns
    accept   facts of others, each taken or refused alone; what is held never depends on the order they come in
    thing    what a thing is by now; every value leads to the fact that said it

Disk, clock, random bytes, keys and the checking of signatures come in by argument.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Literal, NamedTuple

import msgspec

from shanyrak.core.errors import InvalidInput, NotFound
from shanyrak.core.progress import Progress, silent
from shanyrak.facts.fact import (
    FOUNDING,
    ChainKey,
    Fact,
    check_parts,
    read_header,
    with_parts,
)
from shanyrak.facts.fold import root_hash
from shanyrak.facts.intake import Examined, Verifier, begin_examining, examine, row_of
from shanyrak.facts.keeping import Keeper, fold_name
from shanyrak.facts.pen import Pen
from shanyrak.facts.receipts import LINES, lines_for
from shanyrak.facts.rules import Rules
from shanyrak.facts.signing import Signer, verify_all
from shanyrak.facts.store import Mark, Row, Store, ThingRow
from shanyrak.facts.trust import RECEIPT, Trust

Standing = Literal["kept", "headquarters", "safe"]
_REBUILD_ROWS = 20_000


class Said(NamedTuple):
    """A fact this device said and keeps."""

    id: bytes
    mark: str
    """Empty, or why it does not count as it stands (``store.Mark``)."""
    reason: str


class Outcome(NamedTuple):
    """What became of a fact that was handed in: ``new``, ``known``, ``body`` (a missing body came), ``refused``."""

    id: bytes
    what: Literal["new", "known", "body", "refused"]
    reason: str = ""


class _Coming(NamedTuple):
    """Facts that are being taken in."""

    facts: Sequence[Fact]
    ids: list[bytes]
    here: set[bytes]
    """Those of the ids that were here when it began."""
    fresh: list[int]
    """The places of all others."""
    examined: Callable[[], list[Examined]]
    """Waits for what was found about the fresh ones."""


class Thing(NamedTuple):
    """A thing as it stands by all that is known here."""

    id: bytes
    type: str
    state: dict[str, Any]

    @property
    def now(self) -> str:
        """Its state by the state table; empty where nobody said."""
        value: str = self.state.get("state", ("",))[0]
        return value

    def get(self, field: str, default: Any = None) -> Any:
        """The last value said of a field."""
        return self.state.get("fields", {}).get(field, (default,))[0]


class Ledger:
    """A ledger over a store (see the top of this file). One thread at a time is let in."""

    def __init__(
        self,
        store: Store,
        rules: Rules,
        *,
        signer: Signer | None = None,
        now_ms: Callable[[], int],
        random: Callable[[int], bytes] = os.urandom,
        verifier: Verifier = verify_all,
    ) -> None:
        self.store = store
        self.rules = rules
        self.signer = signer
        self._now_ms = now_ms
        self._verifier = verifier
        self._lock = threading.RLock()
        self._together = False
        self._trust = Trust(store, rules, store.get_value("net") or b"")
        self._keeper = Keeper(store, rules, self._trust)
        self._pen = Pen(store, rules, self._trust, signer, now_ms, random)
        self._trust.refresh()
        if self.net and store.get_value("rules") != rules.version:
            self.rebuild()

    @property
    def net(self) -> bytes:
        """Id of the founding fact; empty where nothing was founded or joined."""
        return self._trust.net

    @property
    def trust(self) -> Trust:
        """Who may say what, by all that is known here."""
        self._trust.refresh()
        return self._trust

    # saying --------------------------------------------------------------------------------------------
    def found(self, name: str, *, recovery: bytes, backup: str = "") -> Fact:
        """Found a network: the first fact of all, signed by this device, which becomes admin and headquarters.

        Parameters
        ----------
        recovery : public key of the paper key
        backup : the age recipient that backups are encrypted to
        """
        with self._lock:
            if self.net:
                raise InvalidInput("a network was founded or joined here already", mend="Use another folder")
            body: dict[str, Any] = {"name": name, "recovery": recovery.hex()}
            if backup:
                body["backup"] = backup
            kind = self._pen.kind(FOUNDING)
            self._pen.refuse_unfit(kind, body, {})
            with self._transaction():
                row = self._pen.write(FOUNDING, kind.v, body, about=b"", scope=b"", sealed={})
                self._adopt(row.id)
                self._keeper.keep([row])
            return row.fact

    def join(self, net: bytes) -> None:
        """Make an empty ledger one of an existing network."""
        with self._lock:
            if self.net == net:
                return
            if self.net:
                raise InvalidInput("this ledger belongs to another network", mend="Join from an empty folder")
            with self._transaction():
                self._adopt(net)

    @contextmanager
    def together(self) -> Iterator[None]:
        """Whatever is said or taken in inside is kept together or not at all, on disk when the block ends."""
        with self._lock, self._transaction():
            if self._together:
                yield  # inside another such block, whose end is the end
                return
            self._together = True
            try:
                yield
            finally:
                self._together = False

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        """A transaction of the store; where it fails, nothing of it is believed in memory either."""
        net = self.net
        if self._together:
            yield
            return
        try:
            with self.store.transaction():
                yield
        except BaseException:
            self._trust.distrust(net)
            raise

    def say(
        self,
        kind: str,
        body: dict[str, Any],
        *,
        about: bytes = b"",
        scope: bytes | None = None,
        sealed: dict[str, Any] | None = None,
        at_ms: int | None = None,
    ) -> Said:
        """Say something in this device's own name. It is kept, on disk, when this returns.

        Parameters
        ----------
        about : the thing; empty for a fact that creates one
        scope : where it is said; found by the kind's rule where not given
        at_ms : when it is said to be written down, instead of the clock's time [ms since 1970, UTC]: for a
            word whose own time would tell whose it is

        Raises
        ------
        InvalidInput
            The kind is unknown, the body does not fit it, or it needs a thing to be about.
        Unavailable
            There is no key here, or the disk refused; nothing was kept.
        """
        with self._lock:
            self._trust.refresh()
            if not self.net:
                raise NotFound("no network was founded or joined here", mend="Found one: shanyrak init")
            rule = self._pen.kind(kind)
            if not about and not rule.creates:
                raise InvalidInput("it must say what it is about", where=kind, mend="Give --about NAME or ID")
            self._pen.refuse_unfit(rule, body, sealed or {})
            where = self._pen.scope(rule, about, body) if scope is None else scope
            with self._transaction():
                row = self._pen.write(kind, rule.v, body, about=about, scope=where, sealed=sealed or {}, at_ms=at_ms)
                self._keeper.keep([row])
            mark = self.store.marks_of([row.id]).get(row.id, Mark(row.id, "", ""))
            return Said(row.id, mark.mark, mark.reason)

    def start_new_chains(self) -> None:
        """Forget the chains this store wrote: what is said next begins new ones (after restoring a server)."""
        with self._lock, self._transaction():
            self._pen.forget_chains()

    # accepting -----------------------------------------------------------------------------------------
    def accept(self, facts: Sequence[Fact]) -> list[Outcome]:
        """Take facts of others in. Each is accepted or refused alone; one transaction keeps them all.

        An empty ledger joins the network of the first founding fact among them.
        """
        return self._take(self._begin(facts, self._verifier))

    def accept_all(
        self, batches: Iterable[Sequence[Fact]], verifier: Verifier | None = None
    ) -> Iterator[list[Outcome]]:
        """``accept`` batch after batch; signatures of the next are verified while one is kept (``intake``).

        The last one is kept when the iterator is at its end, not before.

        Parameters
        ----------
        verifier : instead of the ledger's own: one that works beside it (``verifying.PooledVerifier``)
        """
        before: _Coming | None = None
        for facts in batches:
            coming = self._begin(facts, verifier or self._verifier)
            if before is not None:
                yield self._take(before)
            before = coming
        if before is not None:
            yield self._take(before)

    def _begin(self, facts: Sequence[Fact], verifier: Verifier) -> _Coming:
        """Examine those facts that are not here yet."""
        with self._lock:
            self._trust.refresh()
            if not self.net:
                self._adopt_founder(facts)
            ids = [fact.id for fact in facts]
            here = self.store.has(ids)
            fresh = [k for k, fact_id in enumerate(ids) if fact_id not in here]
            new, names = [facts[k] for k in fresh], [ids[k] for k in fresh]
            examined = begin_examining(new, self.net, verifier, names)
            return _Coming(facts, ids, here, fresh, examined)

    def _take(self, coming: _Coming) -> list[Outcome]:
        """Keep what was examined."""
        examined = coming.examined()
        with self._lock:
            self._trust.refresh()
            outcomes, missing = self._known(coming.ids, coming.facts, self.store.get(coming.here))
            rows: dict[bytes, Row] = {}
            for k, one in zip(coming.fresh, examined, strict=True):
                if one.header is None:
                    outcomes[k] = Outcome(one.id, "refused", one.reason)
                elif one.id in rows:
                    outcomes[k] = Outcome(one.id, "known")
                    rows[one.id] = rows[one.id]._replace(fact=with_parts(rows[one.id].fact, one.fact))
                else:
                    outcomes[k] = Outcome(one.id, "new")
                    rows[one.id] = row_of(one.id, one.fact, one.header)
            if rows or missing:
                with self._transaction():
                    meanwhile = self._came_meanwhile(rows, missing)
                    self._keeper.keep(list(rows.values()), missing)
                for k in coming.fresh if meanwhile else ():
                    if outcomes[k].what == "new":
                        outcomes[k] = meanwhile.get(outcomes[k].id, outcomes[k])
            return [outcomes[k] for k in range(len(coming.facts))]

    def _came_meanwhile(self, rows: dict[bytes, Row], missing: list[Fact]) -> dict[bytes, Outcome]:
        """Take out of ``rows`` what another batch or program brought since; parts only these have go to ``missing``."""
        outcomes = {}
        for row in self.store.get(self.store.has(rows)).values():
            brought = self._brought(row, rows.pop(row.id).fact)
            if brought is not None:
                missing.append(brought)
            outcomes[row.id] = Outcome(row.id, "body" if brought is not None else "known")
        return outcomes

    def _known(
        self, ids: Sequence[bytes], facts: Sequence[Fact], here: dict[bytes, Row]
    ) -> tuple[dict[int, Outcome], list[Fact]]:
        """What becomes of facts that are here already, by place: some bring a part that was absent."""
        outcomes: dict[int, Outcome] = {}
        missing: list[Fact] = []
        for k, (fact_id, fact) in enumerate(zip(ids, facts, strict=True)) if here else ():
            row = here.get(fact_id)
            if row is None:
                continue
            outcomes[k] = Outcome(fact_id, "known")
            brought = self._brought(row, fact)
            if brought is not None:
                missing.append(brought)
                outcomes[k] = Outcome(fact_id, "body")
        return outcomes, missing

    def _brought(self, row: Row, fact: Fact) -> Fact | None:
        """The parts a known fact brings that are absent here and not withheld; None where there are none."""
        kept = row.fact
        body = kept.body is None and fact.body is not None and (row.id, "body") not in self._trust.withheld
        sealed = kept.sealed is None and fact.sealed is not None and (row.id, "sealed") not in self._trust.withheld
        if not body and not sealed:
            return None
        brought = Fact(
            kept.raw,
            kept.sig,
            fact.salt if body else None,
            fact.body if body else None,
            fact.sealed_salt if sealed else None,
            fact.sealed if sealed else None,
        )
        try:
            check_parts(brought, read_header(kept.raw))
        except InvalidInput:
            return None
        return brought

    def _adopt_founder(self, facts: Sequence[Fact]) -> None:
        for fact in facts:
            if b'"kind":"network.founded"' not in fact.raw:
                continue
            fact_id = fact.id
            (one,) = examine([fact], fact_id, self._verifier)
            if one.header is not None and one.header.kind == FOUNDING:
                with self._transaction():
                    self._adopt(fact_id)
                return

    def _adopt(self, net: bytes) -> None:
        self.store.put_value("net", net)
        self.store.put_value("rules", self.rules.version)
        self._trust.net = net

    # seeing --------------------------------------------------------------------------------------------
    def thing(self, thing: bytes) -> Thing | None:
        """What a thing is by now, None where nothing is known of it."""
        row = self.store.get_things([thing]).get(thing)
        return _thing(row) if row is not None else None

    def things(self, type: str | None = None) -> Iterator[Thing]:
        """All things (of a type), sorted by id."""
        return (_thing(row) for row in self.store.all_things(type))

    def find(self, name: str) -> list[bytes]:
        """Things a name or the beginning of an id (four hex digits at least) can mean, sorted."""
        found = self.store.find_names(fold_name(name))
        text = name.strip().lower()
        if not found and 4 <= len(text) <= 64 and set(text) <= set("0123456789abcdef"):
            found = [fact for fact, row in self.store.get(self.find_records(text)).items() if row.about == fact]
        return sorted(found)

    def find_records(self, digits: str) -> list[bytes]:
        """Records whose id begins with these lower-case hex digits, at most ten, sorted."""
        odd = int(digits[-1], 16) if len(digits) % 2 else None
        return self.store.find_ids(bytes.fromhex(digits[: len(digits) // 2 * 2]), odd)

    def state_hash(self) -> bytes:
        """Root over the state of all things: equal wherever the same facts are known under the same rules."""
        return root_hash(self.rules.version, ((row.id, row.hash) for row in self.store.all_things()))

    def standing(self, fact: bytes) -> Standing:
        """Where a fact is: only ``kept`` here, at ``headquarters``, or ``safe`` in a backup that was read back."""
        row = self.store.get([fact]).get(fact)
        if row is None:
            raise NotFound("this record is not here", where=fact.hex())
        receipts = self.trust.receipts_for(row)
        if any(receipt.level == "safe" for receipt in receipts):
            return "safe"
        headquarters = self._trust.authority.headquarters
        own = self.signer is not None and self.signer.public in headquarters  # then what is here is there
        return "headquarters" if receipts or own or row.key.origin in headquarters else "kept"

    def note_receipts(
        self, keys: Iterable[ChainKey], level: str = "headquarters", *, copy: Store | None = None
    ) -> list[Said]:
        """As a headquarters, say how far these chains are here; nothing where this device is none.

        Parameters
        ----------
        level : ``headquarters``, or ``safe`` once a backup that holds them was read back and checked
        copy : what was read back of that backup: receipts speak of it, not of what came here since
        """
        with self._lock:
            if self.signer is None or self.signer.public not in self.trust.authority.headquarters:
                return []
            own = self.signer.public
            wanted = [key for key in keys if level == "safe" or key.origin != own]
            lines = sorted(lines_for(copy or self.store, wanted, witness=own, level=level).items())
            most = max((len(of_scope) for _, of_scope in lines), default=0)
            said: list[Row] = []
            with self.together():
                # One receipt of each scope at a time: a second one there follows the first, which must be kept by then.
                for first in range(0, most, LINES):
                    said += self._say_receipts(
                        [
                            (scope, of_scope[first : first + LINES])
                            for scope, of_scope in lines
                            if first < len(of_scope)
                        ],
                        level,
                    )
            marks = self.store.marks_of([row.id for row in said])
            unmarked = [marks.get(row.id, Mark(row.id, "", "")) for row in said]
            return [Said(row.id, mark.mark, mark.reason) for row, mark in zip(said, unmarked, strict=True)]

    def _say_receipts(self, lines: Sequence[tuple[bytes, list[dict[str, Any]]]], level: str) -> list[Row]:
        """One receipt for each scope, kept in one go."""
        rule = self._pen.kind(RECEIPT)
        rows = []
        for scope, chains in lines:
            body = {"level": level, "time_ms": self._now_ms(), "chains": chains}
            self._pen.refuse_unfit(rule, body, {})
            rows.append(self._pen.write(RECEIPT, rule.v, body, about=self.net, scope=scope or self.net, sealed={}))
        self._keeper.keep(rows)
        return rows

    # upkeep --------------------------------------------------------------------------------------------
    def rebuild(self, progress: Progress = silent) -> None:
        """Fold everything anew: after the rules changed, or to check what was kept up."""
        with self._lock, self._transaction():
            self.store.clear_cache()
            self._trust.recompute()
            self._trust.recompute_withheld()
            total, done = self.store.count(), 0
            for chunk in _whole_things(self.store.grouped(), _REBUILD_ROWS):
                self._keeper.rebuild_some(chunk)
                done += len(chunk)
                progress("folding", done, total)
            self.store.put_value("rules", self.rules.version)


def _thing(row: ThingRow) -> Thing:
    return Thing(row.id, row.type, msgspec.json.decode(row.state))


def _whole_things(rows: Iterable[Row], size: int) -> Iterator[list[Row]]:
    """Rows grouped by thing, in chunks of at least ``size`` that never cut a thing in two."""
    chunk: list[Row] = []
    for row in rows:
        if len(chunk) >= size and row.about != chunk[-1].about:
            yield chunk
            chunk = []
        chunk.append(row)
    if chunk:
        yield chunk
