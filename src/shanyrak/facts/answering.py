"""The side of an exchange that is asked. It keeps nothing between requests but what it could read again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from shanyrak.core.errors import InvalidInput, Unavailable
from shanyrak.facts.differing import (
    MANY_HEADS,
    READ_MOST,
    block_digest,
    blocks_of,
    latest_of_chain,
    newest_status_first,
    pack,
    some_lacking,
    take_batch,
)
from shanyrak.facts.digest import ChainTable, DigestTree, chain_digest
from shanyrak.facts.fact import ChainKey, Fact, chain_key, read_header
from shanyrak.facts.framing import decode
from shanyrak.facts.ledger import Ledger, Outcome
from shanyrak.facts.message_shapes import Bucket, Detail
from shanyrak.facts.messages import (
    NEWER_VERSION,
    NOT_NOW,
    NOT_UNDERSTOOD,
    OTHER_NETWORK,
    Answer,
    Compare,
    Compared,
    Facts,
    Get,
    Give,
    Heard,
    Lacked,
    Lacking,
    Newer,
    No,
    Refusing,
    Request,
    Show,
    Shown,
    Taken,
    Want,
    Witness,
    Witnessed,
    read_message,
    write_message,
)
from shanyrak.facts.store import ChainState, Row
from shanyrak.facts.trust import RECEIPT

FEW_CHAINS = 16
"""A bucket with no more chains than this is told chain by chain."""
ANSWER_BYTES = 2**20
"""Where an answer stops growing; what is left is asked for again."""
PAGE_IDS = 1_000
Refusals = Sequence[tuple[bytes, str]]


def hear_nothing(refused: Refusals) -> None:
    """Tells nobody."""


class Sight(Protocol):
    """What of a ledger one asking device is told."""

    @property
    def scopes(self) -> frozenset[bytes]:
        """Chains of these scopes may be compared and asked for; all others are as if they were not here."""

    def row(self, row: Row) -> Row | None:
        """What of a fact is told; None where nothing is."""


class Responder:
    """Answers requests about one ledger.

    Parameters
    ----------
    joins : whether an empty ledger may become one of the network of whoever gives it facts
    on_refused : hears which facts of ours the other side refused, and why
    taking : instead of ``take``: how given facts are taken in
    """

    def __init__(
        self,
        ledger: Ledger,
        *,
        joins: bool = True,
        on_refused: Callable[[Refusals], None] = hear_nothing,
        taking: Callable[[Ledger, Sequence[Fact]], list[Outcome]] | None = None,
    ) -> None:
        self._ledger = ledger
        self._taking = taking or take
        self._joins = joins
        self._on_refused = on_refused
        self._table: ChainTable | None = None
        self._sight: Sight | None = None

    def answer(self, request: bytes, sight: Sight | None = None) -> bytes:
        """The answer to a request; whatever is wrong with the request is said in the answer.

        Parameters
        ----------
        sight : what the asking device is told; left out, everything
        """
        self._sight = sight
        try:
            message = read_message(request)
            if message.type % 2 == 0:
                raise InvalidInput(f"a message of type {message.type} is an answer")
            answer = self._answer(message)  # type: ignore[arg-type]
        except Newer as fault:
            answer = No(NEWER_VERSION, fault.what)
        except InvalidInput as fault:
            answer = No(NOT_UNDERSTOOD, f"{fault.where}: {fault.what}" if fault.where else fault.what)
        except Unavailable as fault:
            answer = No(NOT_NOW, str(fault))
        return write_message(answer)

    def _answer(self, request: Request) -> Answer:
        own = self._ledger.net
        joining = isinstance(request, Compare) and not request.net
        founding = isinstance(request, Compare | Give) and not own and self._joins
        if request.net != own and not joining and not founding:
            whose = f"network {own.hex()[:12]}" if own else "no network yet"
            return No(OTHER_NETWORK, f"this ledger belongs to {whose}, the asking one to {request.net.hex()[:12]}")
        match request:
            case Compare():
                return self._compare(request)
            case Want():
                return self._want(request)
            case Show():
                return self._show(request)
            case Get():
                return self._get(request)
            case Give():
                return self._give(request)
            case Lacking():
                return self._lacking(request)
            case Witness():
                return Witnessed(len(self._ledger.note_receipts(request.keys)))
            case Refusing():
                self._on_refused(request.refused)
                return Heard()

    # what is here --------------------------------------------------------------------------------------
    def _tree(self, scopes: tuple[bytes, ...] | None) -> DigestTree:
        if self._table is None:
            self._table = ChainTable(self._ledger.store)
        asked = None if scopes is None else frozenset(scopes)
        if self._sight is not None:
            asked = self._sight.scopes if asked is None else asked & self._sight.scopes
        return self._table.tree(asked)

    def _told(self, rows: Iterable[Row]) -> list[Row]:
        """What of these facts the asking device is told."""
        if self._sight is None:
            return list(rows)
        told = (self._sight.row(row) for row in rows if row.key.scope in self._sight.scopes)
        return [row for row in told if row is not None]

    def _sees(self, scope: bytes) -> bool:
        return self._sight is None or scope in self._sight.scopes

    def _compare(self, request: Compare) -> Compared:
        tree = self._tree(request.scopes)
        buckets: list[Bucket] = []
        size = 0
        for prefix in request.prefixes:
            if tree.size(prefix) > FEW_CHAINS and len(prefix) < 63:
                buckets.append(tuple(tree.children(prefix)))
                size += 16 * 32
            else:
                details = self._details(tree.bucket(prefix))
                buckets.append(details)
                size += sum(120 + 32 * (len(one.heads) + len(one.missing)) for one in details)
            if size > ANSWER_BYTES:
                break
        return Compared(self._ledger.net, tuple(buckets))

    def _details(self, chains: Sequence[ChainState]) -> tuple[Detail, ...]:
        rows = self._ledger.store.get({head for chain in chains for head in chain.heads})
        details = []
        for chain in chains:
            latest_ms = max((rows[head].at_ms for head in chain.heads if head in rows), default=0)
            few = len(chain.heads) + len(chain.missing) <= MANY_HEADS
            sets = (chain.heads, chain.missing, b"") if few else ((), (), chain_digest(chain))
            details.append(Detail(chain.key, chain.count, chain.top_seq, latest_ms, *sets))
        return tuple(details)

    def _want(self, request: Want) -> Facts:
        store = self._ledger.store
        states = store.get_chains({one.key for one in request.chains})
        refused = frozenset(request.not_these)
        unclear: list[int] = []
        rows: list[Row] = []
        unread = 0
        for number, held in enumerate(request.chains):
            if not self._sees(held.key.scope):
                continue
            found = some_lacking(store, states.get(held.key), held.heads, held.missing, most=READ_MOST)
            if found is None:
                unclear.append(number)
                continue
            fresh = [row for row in self._told(found[0]) if row.id not in refused]
            if request.latest:
                rows += latest_of_chain(fresh)
            else:
                rows += fresh
                unread += found[1] - len(found[0])
        return self._facts(rows, request.most_bytes, unclear, unread)

    def _get(self, request: Get) -> Facts:
        rows = self._told(self._ledger.store.get(request.ids).values())
        return self._facts([row for row in rows if row.fact.body is not None or not request.bodies], request.most_bytes)

    def _facts(self, rows: list[Row], most_bytes: int, unclear: Iterable[int] = (), unread: int = 0) -> Facts:
        batch = take_batch(newest_status_first(rows), min(most_bytes, ANSWER_BYTES))
        stream, _ = pack(batch, self._ledger.net)
        return Facts(tuple(unclear), len(rows) - len(batch) + unread, stream)

    def _show(self, request: Show) -> Shown:
        blocks = blocks_of(self._ledger.store, request.key) if self._sees(request.key.scope) else {}
        theirs = dict(request.blocks)
        shown: list[tuple[int, tuple[bytes, ...]]] = []
        size = 0
        for number in sorted(blocks.keys() | theirs.keys()):
            rows = blocks.get(number, [])
            if number < request.first or theirs.get(number) == block_digest(rows):
                continue
            if size > ANSWER_BYTES // 4:
                return Shown(number, tuple(shown))
            shown.append((number, tuple(sorted(row.id for row in rows))))
            size += 32 * len(rows)
        return Shown(0, tuple(shown))

    def _lacking(self, request: Lacking) -> Lacked:
        scopes = request.scopes
        if self._sight is not None:
            scopes = tuple(self._sight.scopes if scopes is None else self._sight.scopes & frozenset(scopes))
        ids = [one for one in lacking_bodies(self._ledger, scopes) if one > request.after]
        return Lacked(len(ids) > PAGE_IDS, tuple(ids[:PAGE_IDS]))

    # what comes ----------------------------------------------------------------------------------------
    def _give(self, request: Give) -> Taken:
        outcomes = self._taking(self._ledger, decode(request.stream, request.net))
        refused = tuple((one.id, one.reason) for one in outcomes if one.what == "refused")
        new, known, bodies = (sum(one.what == what for one in outcomes) for what in ("new", "known", "body"))
        return Taken(new, known, bodies, refused)


def take(ledger: Ledger, facts: Sequence[Fact]) -> list[Outcome]:
    """Accept facts and, as a headquarters, write receipts for the chains that got something: both or neither."""
    with ledger.together():
        outcomes = ledger.accept(facts)
        keys: set[ChainKey] = set()
        for fact, outcome in zip(facts, outcomes, strict=True):
            if outcome.what == "new":
                header = read_header(fact.raw)
                if header.kind != RECEIPT:
                    keys.add(chain_key(header))
        if keys:
            ledger.note_receipts(keys)
    return outcomes


def lacking_bodies(ledger: Ledger, scopes: Iterable[bytes] | None) -> list[bytes]:
    """Facts (of these scopes) whose body is not here although nobody withheld it, sorted."""
    away = ledger.store.without_body()
    if not away:
        return []
    withheld = ledger.trust.withheld
    ids = [one for one in away if (one, "body") not in withheld]
    if scopes is None:
        return ids
    wanted = frozenset(scopes)
    rows = ledger.store.get(ids)
    return [one for one in ids if one in rows and rows[one].key.scope in wanted]
