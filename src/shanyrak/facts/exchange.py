"""Two ledgers become equal: the side that asks. No network here; ``ask`` carries a request over and back.

    compare    the digest tree, from the top down to the chains that differ
    pull       facts the other side has and this one has not, newest status first, in small batches
    push       the other way round
    again      until nothing differs (a headquarters adds its receipts, which come in the next round)
    bodies     that one side lacks and the other has
    witness    asks a headquarters for receipts that were lost on the way

Every step can be cut anywhere and done again: what was accepted stays, and nothing is done twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from shanyrak.core.errors import Unavailable
from shanyrak.core.progress import Progress, silent
from shanyrak.facts.answering import Responder, lacking_bodies, take
from shanyrak.facts.comparing import Difference, are_many, compare, windows
from shanyrak.facts.conversation import Ask, Conversation, Cut, not_asked, other_network
from shanyrak.facts.differing import (
    MANY_HEADS,
    block_digest,
    blocks_of,
    lacking,
    latest_of_chain,
    newest_status_first,
    pack,
    take_batch,
)
from shanyrak.facts.digest import ChainTable, DigestTree
from shanyrak.facts.fact import ChainKey, Fact
from shanyrak.facts.framing import decode, decode_some
from shanyrak.facts.ledger import Ledger
from shanyrak.facts.message_shapes import MAX_REASON, Held
from shanyrak.facts.messages import (
    Compare,
    Compared,
    Facts,
    Get,
    Give,
    Heard,
    Lacked,
    Lacking,
    Refusing,
    Show,
    Shown,
    Taken,
    Want,
    Witness,
    Witnessed,
    cut_stream,
)
from shanyrak.facts.store import Row

__all__ = ["Ask", "Cut", "Responder", "SyncReport", "sync"]

BATCH_BYTES = 32_768
MAX_ROUNDS = 8
MAX_REFUSED = 1_000


class SyncReport(NamedTuple):
    """What an exchange moved.

    sent, received : facts (or missing bodies) the other side, this side took as new
    refused : (fact, reason); a reason of the other side begins with "there: "
    rounds : how often the digests were compared
    """

    sent: int
    received: int
    refused: list[tuple[bytes, str]]
    rounds: int
    bytes_out: int
    bytes_in: int


def sync(
    ledger: Ledger,
    ask: Ask,
    *,
    scopes: Iterable[bytes] | None = None,
    batch_bytes: int = BATCH_BYTES,
    progress: Progress = silent,
) -> SyncReport:
    """Bring this ledger and the one behind ``ask`` to the same facts.

    Parameters
    ----------
    scopes : only chains of these scopes (points, areas, the network); all where not given
    batch_bytes : about how large a message with facts becomes

    Raises
    ------
    InvalidInput
        The other side belongs to another network, speaks another version, or answers nonsense.
    Unavailable
        It could not be reached, or the line was cut. What was accepted until then stays on both sides.
    """
    return _Sync(ledger, ask, None if scopes is None else frozenset(scopes), batch_bytes, progress).run()


class _Sync:
    """One exchange on the way."""

    def __init__(
        self, ledger: Ledger, ask: Ask, scopes: frozenset[bytes] | None, batch_bytes: int, progress: Progress
    ) -> None:
        self._ledger = ledger
        self._talk = Conversation(ask)
        self._scopes = scopes
        self._wire_scopes = None if scopes is None else tuple(sorted(scopes))
        self._batch_bytes = batch_bytes
        self._progress = progress
        self._table: ChainTable | None = None
        self._refused_here: dict[bytes, str] = {}
        self._refused_there: dict[bytes, str] = {}
        self._given: set[bytes] = set()
        self._sent = self._received = self._rounds = 0

    def run(self) -> SyncReport:
        if self._join():
            witnessed = bodies = False
            while self._rounds < MAX_ROUNDS:
                self._rounds += 1
                moved = self._exchange(compare(self._talk, self._ledger.net, self._tree(), self._wire_scopes))
                if moved:
                    continue
                if not bodies:
                    bodies = True
                    if self._bodies():
                        continue  # what came with a body may have made a headquarters speak
                if not witnessed:
                    witnessed = True
                    if self._witness():
                        continue
                break
            self._tell_refused()
        refused = list(self._refused_here.items())
        refused += [(fact, f"there: {reason}") for fact, reason in self._refused_there.items()]
        return SyncReport(self._sent, self._received, refused, self._rounds, self._talk.bytes_out, self._talk.bytes_in)

    # asking --------------------------------------------------------------------------------------------
    def _ask_facts(self, request: Want | Get, net: bytes) -> tuple[Facts, int]:
        """Ask for facts and take them in; returns the answer and how many were new here or refused anew."""
        try:
            answer = self._talk.ask(request, Facts)
        except Cut as cut:
            self._take(decode_some(cut_stream(cut.received), net).facts)
            raise
        return answer, self._take(decode(answer.stream, net))

    def _take(self, facts: Sequence[Fact]) -> int:
        if not facts:
            return 0
        moved = 0
        for outcome in take(self._ledger, facts):
            if outcome.what in ("new", "body"):
                self._received += 1
                moved += 1
            elif outcome.what == "refused" and outcome.id not in self._refused_here:
                self._refused_here[outcome.id] = outcome.reason
                moved += 1
        self._progress("received", self._received)
        return moved

    def _give(self, rows: Iterable[Row]) -> int:
        """Give facts, each at most once in this exchange; returns how many were taken as new."""
        fresh = newest_status_first(row for row in rows if row.id not in self._given)
        taken = first = 0
        while first < len(fresh):
            batch = take_batch(fresh[first:], self._batch_bytes)
            first += len(batch)
            self._given.update(row.id for row in batch)
            stream, damaged = pack(batch, self._ledger.net)
            self._refused_there |= {fact: f"not sent: {reason}" for fact, reason in damaged}
            answer = self._talk.ask(Give(self._ledger.net, stream), Taken)
            self._refused_there |= dict(answer.refused)
            taken += answer.new + answer.bodies
            self._sent += answer.new + answer.bodies
            self._progress("sent", self._sent)
        return taken

    # one network ---------------------------------------------------------------------------------------
    def _join(self) -> bool:
        """Make sure that both sides are of one network; False where neither is of any."""
        own = self._ledger.net
        theirs = self._talk.ask(Compare(own, self._wire_scopes, ()), Compared).net
        if own and theirs and own != theirs:
            raise other_network(own, theirs)
        if not own and theirs:
            self._ask_facts(Get(theirs, False, self._batch_bytes, (theirs,)), theirs)
            if self._ledger.net != theirs:
                raise Unavailable("the other side has not got the founding record yet", mend="Try another replica")
        elif own and not theirs:
            founding = self._ledger.store.get([own])
            if not founding:
                raise Unavailable("the founding record is not here yet", mend="Exchange with another replica first")
            self._give(founding.values())
        return bool(own or theirs)

    def _tree(self) -> DigestTree:
        if self._table is None:
            self._table = ChainTable(self._ledger.store)
        return self._table.tree(self._scopes)

    # moving facts --------------------------------------------------------------------------------------
    def _exchange(self, differences: list[Difference]) -> int:
        """Move what can be moved; returns how many facts found a new place."""
        moved = 0
        unclear: list[ChainKey] = []
        pull: list[Difference] = []
        push: list[Difference] = []
        for one in differences:
            if one.theirs is None:
                push.append(one)
            elif one.theirs.digest or (one.mine and len(one.mine.heads) + len(one.mine.missing) > MANY_HEADS):
                unclear.append(one.key)
            elif one.mine is None or one.more_there > 0:
                pull.append(one)
            else:
                push.append(one)
        for latest in (True, False) if are_many(pull) else (False,):
            for window in windows(pull):
                gained, not_clear = self._pull(window, latest)
                moved += gained
                unclear += not_clear
        for latest in (True, False) if are_many(push) else (False,):
            for window in windows(push):
                gained, not_clear = self._push(window, latest)
                moved += gained
                unclear += not_clear
        for key in dict.fromkeys(unclear):
            moved += self._settle(key)
        return moved

    def _pull(self, window: list[Difference], latest: bool) -> tuple[int, list[ChainKey]]:
        keys = [one.key for one in window]
        unclear: list[ChainKey] = []
        moved = 0
        for _ in range(sum(max(1, one.more_there) for one in window) + 2):
            states = self._ledger.store.get_chains(keys)
            held = tuple(
                Held(key, states[key].heads, states[key].missing) if key in states else Held(key, (), ())
                for key in keys
            )
            refused = tuple(sorted(self._refused_here)[:MAX_REFUSED])
            request = Want(self._ledger.net, latest, self._batch_bytes, held, refused)
            answer, gained = self._ask_facts(request, self._ledger.net)
            moved += gained
            if any(number >= len(keys) for number in answer.unclear):
                raise not_asked()
            not_clear = {keys[number] for number in answer.unclear}
            unclear += not_clear
            keys = [key for key in keys if key not in not_clear]
            if not gained or not answer.left or not keys:
                break
        return moved, sorted(unclear)

    def _push(self, window: list[Difference], latest: bool) -> tuple[int, list[ChainKey]]:
        rows: list[Row] = []
        unclear: list[ChainKey] = []
        for one in window:
            heads, missing = (one.theirs.heads, one.theirs.missing) if one.theirs else ((), ())
            found = lacking(self._ledger.store, one.mine, heads, missing)
            if found is None:
                unclear.append(one.key)
            else:
                rows += latest_of_chain(found) if latest else found
        return self._give(rows), unclear

    def _settle(self, key: ChainKey) -> int:
        """Compare a chain block by block, where heads do not tell who has what."""
        moved = first = 0
        while True:
            mine = blocks_of(self._ledger.store, key)
            digests = tuple((number, block_digest(rows)) for number, rows in mine.items() if number >= first)
            answer = self._talk.ask(Show(self._ledger.net, key, first, digests), Shown)
            wanted: set[bytes] = set()
            give: list[Row] = []
            for number, ids in answer.blocks:
                here = {row.id: row for row in mine.get(number, [])}
                wanted |= set(ids) - here.keys()
                give += [row for row in here.values() if row.id not in set(ids)]
            moved += self._get(sorted(wanted - self._refused_here.keys()), bodies=False) + self._give(give)
            if answer.next <= first:
                return moved
            first = answer.next

    def _get(self, ids: Sequence[bytes], *, bodies: bool) -> int:
        """Get facts by their ids."""
        moved = 0
        page = max(1, self._batch_bytes // 128)
        for start in range(0, len(ids), page):
            asked = ids[start : start + page]
            while asked:
                request = Get(self._ledger.net, bodies, self._batch_bytes, tuple(asked))
                answer, gained = self._ask_facts(request, self._ledger.net)
                moved += gained
                came = {fact.id for fact in decode(answer.stream, self._ledger.net)}
                if not gained or not answer.left:
                    break
                asked = [one for one in asked if one not in came]
        return moved

    # at the end ----------------------------------------------------------------------------------------
    def _bodies(self) -> int:
        """Bodies that one side lacks; returns how many came or went."""
        moved = self._get(lacking_bodies(self._ledger, self._scopes), bodies=True)
        after, more = b"", True
        while more:
            answer = self._talk.ask(Lacking(self._ledger.net, self._wire_scopes, after), Lacked)
            rows = self._ledger.store.get(answer.ids).values()
            here = [row for row in rows if row.fact.body is not None]
            self._given -= {row.id for row in here}  # it went without its body before
            moved += self._give(here)
            more = answer.more and bool(answer.ids) and answer.ids[-1] > after
            after = answer.ids[-1] if answer.ids else after
        return moved

    def _witness(self) -> int:
        """Ask for receipts for this device's own facts that have none; returns how many were written."""
        signer = self._ledger.signer
        if signer is None:
            return 0
        own = [state for state in self._tree().states if state.key.origin == signer.public]
        keys = [state.key for state in own if any(self._ledger.standing(head) == "kept" for head in state.heads)]
        if not keys:
            return 0
        answer = self._talk.ask(Witness(self._ledger.net, tuple(sorted(keys))), Witnessed)
        return answer.receipts

    def _tell_refused(self) -> None:
        """The other side hears which of its facts were refused here."""
        refused = [(fact, reason[:MAX_REASON]) for fact, reason in self._refused_here.items()]
        for start in range(0, len(refused), MAX_REFUSED):
            self._talk.ask(Refusing(self._ledger.net, tuple(refused[start : start + MAX_REFUSED])), Heard)
