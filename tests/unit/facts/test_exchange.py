"""Two ledgers become equal: both ways, in small batches, whatever is cut, refused or known already."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

import pytest

from shanyrak.core.errors import InvalidInput, Unavailable
from shanyrak.facts.exchange import Cut, Responder, SyncReport, sync
from shanyrak.facts.fact import ChainKey, Fact
from shanyrak.facts.framing import decode, encode
from shanyrak.facts.ledger import Ledger
from shanyrak.facts.messages import Compare, Compared, Facts, Give, No, Request, Want, read_message, write_message
from shanyrak.facts.rules import load_rules
from shanyrak.facts.store import Row
from shanyrak.facts.stores.memory import MemoryStore
from tests.unit.facts.exchange_drawn import Device, asking, bodiless, drawn, forged, founding, held, ledger

NET, FOUNDING, FOUNDER = founding()
POINT, OTHER_POINT = drawn("point"), drawn("other point")


def reports(device: Device, count: int, scope: bytes = POINT) -> list[Fact]:
    return [device.say(about=scope, scope=scope, body={"seats_free": k}) for k in range(count)]


def trusting(asked: Sequence[tuple[bytes, bytes, bytes]]) -> list[bool]:
    """Takes every signature for good: where thousands of them are not what is tested."""
    return [True] * len(asked)


class Line:
    """A line to a ledger that remembers what went over it."""

    def __init__(self, of: Ledger, responder: Responder | None = None) -> None:
        self._responder = responder or Responder(of)
        self.requests: list[Request] = []
        self.answers: list[bytes] = []

    def __call__(self, request: bytes) -> bytes:
        self.requests.append(read_message(request))  # type: ignore[arg-type]
        self.answers.append(self._responder.answer(request))
        return self.answers[-1]

    def given(self) -> list[Give]:
        return [one for one in self.requests if isinstance(one, Give)]


def assert_equal(one: Ledger, other: Ledger) -> None:
    assert held(one) == held(other)
    assert one.state_hash() == other.state_hash()


# ---- both ways --------------------------------------------------------------------------------------------
def test_each_gets_what_the_other_has() -> None:
    here = [FOUNDING, *reports(Device("host", NET), 5)]
    there = [FOUNDING, *reports(Device("driver", NET), 3, OTHER_POINT), Device("desk", NET).say(sealed={"note": "x"})]
    one, other = ledger("one", here), ledger("other", there)
    report = sync(one, asking(other))
    assert (report.sent, report.received, report.refused) == (5, 4, [])
    assert_equal(one, other)
    assert held(one).keys() == {fact.id for fact in (*here, *there)}


def test_equal_ledgers_exchange_a_few_hundred_bytes_and_nothing_else() -> None:
    facts = [FOUNDING, *reports(Device("host", NET), 50)]
    report = sync(ledger("one", facts), asking(ledger("other", facts)))
    assert (report.sent, report.received, report.rounds) == (0, 0, 1)
    assert report.bytes_in + report.bytes_out < 1_000


def test_an_empty_ledger_joins_the_network_of_the_other_whichever_asks() -> None:
    facts = [FOUNDING, *reports(Device("host", NET), 4)]
    for asked_by_empty in (True, False):
        empty, full = ledger("empty"), ledger("full", facts)
        sync(empty, asking(full)) if asked_by_empty else sync(full, asking(empty))
        assert empty.net == NET
        assert_equal(empty, full)


def test_two_empty_ledgers_have_nothing_to_say() -> None:
    assert sync(ledger("one"), asking(ledger("other")))[:4] == (0, 0, [], 0)


HOST = Device("host", NET)
LONG = reports(HOST, 12)
CLONE = Device("host", NET)
FORKED = [*reports(CLONE, 4), *reports(CLONE.copy(), 5)]
SHAPES: dict[str, tuple[list[Fact], list[Fact]]] = {
    "behind": (LONG[:8], LONG),
    "nothing here": ([], LONG),
    "a gap here": ([*LONG[:3], *LONG[6:]], LONG),
    "gaps on both sides": ([*LONG[:3], *LONG[5:]], [*LONG[:8], *LONG[9:]]),
    "disjoint halves": (LONG[:6], LONG[6:]),
    "every other one": (LONG[::2], LONG[1::2]),
    "newest only": (LONG[-2:], LONG[:5]),
    "a fork here": (FORKED, FORKED[:4]),
    "one branch each": (FORKED[:6], [*FORKED[:4], *FORKED[6:]]),
    "branches without their stem": (FORKED[4:6], FORKED[7:]),
}


@pytest.mark.parametrize("turned", [False, True], ids=["", "turned round"])
@pytest.mark.parametrize("shape", SHAPES)
def test_whatever_each_has_of_a_chain_both_end_with_all_of_it(shape: str, turned: bool) -> None:
    here, there = SHAPES[shape] if not turned else SHAPES[shape][::-1]
    one, other = ledger("one", [FOUNDING, *here]), ledger("other", [FOUNDING, *there])
    report = sync(one, asking(other))
    assert_equal(one, other)
    common = {fact.id for fact in here} & {fact.id for fact in there}
    assert (report.sent, report.received) == (len(here) - len(common), len(there) - len(common))


def test_a_chain_of_many_blocks_with_differences_both_ways_sends_only_the_blocks_that_differ() -> None:
    host = Device("long", NET)
    facts = [host.say(about=POINT, scope=POINT) for _ in range(1_030)]  # blocks 0 to 4: 256 each, then 6
    here = [fact for seq, fact in enumerate(facts) if seq not in (300, 301)]
    there = [fact for seq, fact in enumerate(facts) if seq not in (299, 1_029)]
    one, other = ledger("one", [FOUNDING, *here]), ledger("other", [FOUNDING, *there])
    report = sync(one, asking(other))
    assert_equal(one, other)
    assert (report.sent, report.received) == (2, 2)
    # ids of blocks 1 and 4: (256 + 6) x 32 = 8,384 bytes of 33,000
    assert report.bytes_in + report.bytes_out < 14_000


class Reading(MemoryStore):
    """Counts the rows of chains that are read."""

    rows_read = 0

    def of_chain(self, key: ChainKey, first: int = 0, last: int | None = None) -> list[Row]:
        rows = super().of_chain(key, first, last)
        self.rows_read += len(rows)
        return rows


def test_a_long_chain_is_not_read_anew_for_every_batch() -> None:
    """5,000 facts in batches of about 200: read whole each time that would be 25 x 5,000 = 125,000 rows."""
    host = Device("long", NET)
    store = Reading()
    full = Ledger(store, load_rules(), now_ms=lambda: 0, verifier=trusting)
    full.accept([FOUNDING, *(host.say(about=drawn(f"thing {k}"), scope=POINT) for k in range(5_000))])
    empty = ledger("empty", [FOUNDING], verifier=trusting)
    store.rows_read = 0
    line = Line(full)
    assert sync(empty, line).received == 5_000
    batches = sum(isinstance(one, Want) for one in line.requests)
    assert batches > 20
    assert store.rows_read <= batches * 2_000
    assert held(empty) == held(full)


def test_a_replica_of_one_point_gets_nothing_of_the_other() -> None:
    facts = [FOUNDING, *reports(Device("host", NET), 4), *reports(Device("driver", NET), 4, OTHER_POINT)]
    phone, server = ledger("phone"), ledger("server", facts)
    own = Device("phone", NET).say(about=POINT, scope=POINT)
    phone.accept([FOUNDING, own])
    sync(phone, asking(server), scopes=[b"", NET, POINT])
    assert {row.key.scope for row in phone.store.get(held(phone)).values()} == {b"", POINT}
    assert len(held(phone)) == 1 + 4 + 1
    assert own.id in held(server)


def test_a_hundred_differences_in_a_thousand_chains_cost_little() -> None:
    """8 facts in each of 1,000 chains; 50 are missing here and 50 there, in 100 chains."""
    devices = [Device(f"device {number}", NET) for number in range(1_000)]
    chains = [reports(device, 8, drawn(f"point {number}")) for number, device in enumerate(devices)]
    lacks_here = {chain[-1].id for chain in chains[:500:10]}
    lacks_there = {chain[3].id for chain in chains[500::10]}
    facts = [FOUNDING, *(fact for chain in chains for fact in chain)]
    one = ledger("one", [fact for fact in facts if fact.id not in lacks_here], verifier=trusting)
    other = ledger("other", [fact for fact in facts if fact.id not in lacks_there], verifier=trusting)
    report = sync(one, asking(other))
    assert (report.sent, report.received) == (50, 50)
    assert held(one).keys() == held(other).keys()
    # 100 facts of 115 bytes are 11,500; 8,000 ids alone would be 256,000
    assert report.bytes_in + report.bytes_out < 130_000


# ---- what goes first --------------------------------------------------------------------------------------
def test_newest_status_goes_first_in_small_batches() -> None:
    host = Device("host", NET)
    facts = [host.say("stock.counted" if k % 2 else "status.reported", about=POINT, scope=POINT) for k in range(40)]
    one, other = ledger("one", [FOUNDING, *facts]), ledger("other", [FOUNDING])
    line = Line(other)
    sync(one, line, batch_bytes=1_000)
    first = read_order(line.given()[0])
    assert len(line.given()) > 5
    assert first == [fact.id for fact in facts if fact in facts[-2 * len(first) :: 2]]
    pulled = Line(one)
    sync(ledger("third"), pulled, batch_bytes=1_000)
    batches = [read_message(data) for data in pulled.answers]
    streams = [one.stream for one in batches if isinstance(one, Facts) and one.left]
    assert [fact.id for fact in decoded(streams[0])] == first


def decoded(stream: bytes) -> list[Fact]:
    return decode(stream, NET)


def read_order(give: Give) -> list[bytes]:
    return [fact.id for fact in decoded(give.stream)]


def test_with_many_chains_the_last_words_of_all_come_before_any_history() -> None:
    """300 chains of 10 facts: more than are looked at together, so each point's newest 8 status facts go first."""
    chains = []
    for number in range(300):
        device, point = Device(f"device {number}", NET), drawn(f"point {number}")
        kinds = ["stock.counted", "stock.counted", *["status.reported"] * 8]
        chains.append([device.say(kind, about=point, scope=point) for kind in kinds])
    facts = [FOUNDING, *(fact for chain in chains for fact in chain)]
    for asker in ("empty", "full"):
        full, empty = ledger("full", facts, verifier=trusting), ledger("empty", [FOUNDING], verifier=trusting)
        arrived: list[str] = []
        sync(empty, asking(full)) if asker == "empty" else sync(full, asking(empty))
        arrived = [row.kind for _, row in empty.store.arrived(1)]
        assert len(arrived) == 3_000
        assert set(arrived[:2_400]) == {"status.reported"}


# ---- refused, bodies, receipts ----------------------------------------------------------------------------
def poisoned(name: str, facts: list[Fact], bad: Fact) -> Ledger:
    """A ledger of somebody whose program takes in what it should not."""
    return ledger(name, [*facts, forged(bad)], verifier=trusting)


def test_a_forged_fact_is_refused_alone_and_both_sides_hear_why() -> None:
    facts = [FOUNDING, *reports(Device("host", NET), 5)]
    heard: list[tuple[bytes, str]] = []
    bad = facts[3]
    # it asks us: its push is refused
    ours, theirs = ledger("ours", [FOUNDING]), poisoned("theirs", [*facts[:3], *facts[4:]], bad)
    report = sync(theirs, asking(ours))
    assert report.refused == [(bad.id, "there: the signature does not verify")]
    assert held(ours).keys() == {fact.id for fact in facts if fact != bad}
    # we ask it: our pull refuses, and it hears of it
    ours = ledger("ours", [FOUNDING])
    report = sync(ours, Responder(theirs, on_refused=heard.extend).answer)
    assert report.refused == [(bad.id, "the signature does not verify")]
    assert heard == report.refused
    assert held(ours).keys() == {fact.id for fact in facts if fact != bad}


def test_a_refused_fact_is_not_sent_a_second_time_and_nothing_loops() -> None:
    facts = [FOUNDING, *reports(Device("host", NET), 5)]
    theirs = poisoned("theirs", [*facts[:3], *facts[4:]], facts[3])
    line = Line(ledger("ours", [FOUNDING]))
    sync(theirs, line)
    assert sum(facts[3].id in read_order(give) for give in line.given()) == 1
    pulled = Line(theirs)
    report = sync(ledger("ours"), pulled)
    came = [fact.id for data in pulled.answers for fact in facts_of(data)]
    assert came.count(facts[3].id) == 1
    assert report.rounds <= 3


def facts_of(answer: bytes) -> list[Fact]:
    message = read_message(answer)
    return decoded(message.stream) if isinstance(message, Facts) else []


def test_a_body_that_one_side_lacks_comes_from_the_other_either_way() -> None:
    facts = reports(Device("host", NET), 4)
    for lacking_asks in (True, False):
        lacks = ledger("lacks", [FOUNDING, *facts[:2], bodiless(facts[2]), facts[3]])
        whole = ledger("whole", [FOUNDING, *facts])
        report = sync(lacks, asking(whole)) if lacking_asks else sync(whole, asking(lacks))
        assert report.received + report.sent == 1
        assert_equal(lacks, whole)


def test_a_body_nobody_has_is_asked_for_once_and_missed_quietly() -> None:
    facts = [FOUNDING, *map(bodiless, reports(Device("host", NET), 3))]
    report = sync(ledger("one", facts), asking(ledger("other", facts)))
    assert (report.sent, report.received, report.refused) == (0, 0, [])


def test_a_withheld_body_is_neither_sent_nor_taken_back() -> None:
    spoken = Device("host", NET).say("statement.recorded", {"seats": 1}, sealed={"note": "a name"})
    withhold = FOUNDER.say("body.withheld", {"fact": spoken.id.hex(), "part": "body", "reason": "asked"}, about=NET)
    one, other = ledger("one", [FOUNDING, spoken, withhold]), ledger("other", [FOUNDING, spoken])
    if one.store.get([spoken.id])[spoken.id].fact.body is not None:
        pytest.fail("the withholding fact does not fit its schema any more: mend this test")
    sync(one, asking(other))
    for of in (one, other):
        assert of.store.get([spoken.id])[spoken.id].fact.body is None
    # a returning replica that never heard of it brings it back to nobody
    late = ledger("late", [FOUNDING, spoken])
    sync(late, asking(one))
    assert one.store.get([spoken.id])[spoken.id].fact.body is None
    assert late.store.get([spoken.id])[spoken.id].fact.body is None


def test_a_headquarters_writes_receipts_and_they_come_back_in_the_same_exchange() -> None:
    host = Device("host", NET)
    facts = reports(host, 3)
    phone = ledger("phone", [FOUNDING, *facts], signer=host.signer)
    headquarters = ledger("headquarters", [FOUNDING], signer=FOUNDER.signer)
    assert phone.standing(facts[2].id) == "kept"
    sync(phone, asking(headquarters))
    assert [phone.standing(fact.id) for fact in facts] == ["headquarters"] * 3
    assert_equal(phone, headquarters)
    # the other way round: a headquarters that asks
    other = ledger("other", [FOUNDING, *facts], signer=host.signer)
    asks = ledger("asks", [FOUNDING], signer=FOUNDER.signer)
    sync(asks, asking(other))
    assert [other.standing(fact.id) for fact in facts] == ["headquarters"] * 3


def test_two_headquarters_come_to_rest() -> None:
    second = Device("second", NET)
    admitted = FOUNDER.say("device.admitted", {"key": second.signer.public.hex(), "role": "headquarters"}, scope=NET)
    facts = [FOUNDING, admitted]
    one = ledger("one", [*facts, *reports(Device("host", NET), 3)], signer=FOUNDER.signer)
    other = ledger("other", [*facts, *reports(Device("driver", NET), 3, OTHER_POINT)], signer=second.signer)
    report = sync(one, asking(other))
    assert_equal(one, other)
    assert report.rounds <= 5
    assert sync(one, asking(other))[:2] == (0, 0)


def test_a_receipt_that_was_lost_on_the_way_is_asked_for() -> None:
    """Headquarters took the facts and lost its power before it could write the receipt."""
    host = Device("host", NET)
    facts = reports(host, 3)
    headquarters = ledger("headquarters", [FOUNDING, *facts], signer=FOUNDER.signer)
    phone = ledger("phone", [FOUNDING, *facts], signer=host.signer)
    sync(phone, asking(headquarters))
    assert phone.standing(facts[2].id) == "headquarters"


# ---- refusals ---------------------------------------------------------------------------------------------
def elsewhere() -> Ledger:
    stranger = Device("stranger", b"")
    fact = stranger.say("network.founded", {"name": "Elsewhere", "recovery": drawn("r").hex()}, scope=b"")
    return ledger("elsewhere", [fact])


def test_different_networks_refuse_each_other_and_nothing_moves() -> None:
    ours, theirs = ledger("ours", [FOUNDING]), elsewhere()
    with pytest.raises(InvalidInput, match=r"another network|belongs to network") as refused:
        sync(ours, asking(theirs))
    assert NET.hex()[:12] in str(refused.value)
    assert len(held(ours)) == len(held(theirs)) == 1


def test_a_responder_that_must_not_join_stays_empty() -> None:
    empty = ledger("empty")
    with pytest.raises(InvalidInput, match="no network yet"):
        sync(ledger("ours", [FOUNDING]), Responder(empty, joins=False).answer)
    assert empty.net == b""


def with_version(data: bytes, version: int) -> bytes:
    changed = data[:4] + bytes((version,)) + data[5:-32]
    return changed + hashlib.sha256(changed).digest()


def test_a_newer_version_is_refused_politely_on_both_sides() -> None:
    ours = ledger("ours", [FOUNDING])
    answer = read_message(Responder(ours).answer(with_version(write_message(Compare(NET, None, ("",))), 2)))
    assert isinstance(answer, No)
    assert "version 2" in answer.what
    with pytest.raises(InvalidInput, match=r"version 2.*Update this program"):
        sync(ours, lambda request: with_version(asking(ours)(request), 2))
    with pytest.raises(InvalidInput, match=r"refuses.*version 2.*update it"):
        sync(ours, lambda request: asking(ours)(with_version(request, 2)))


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"",
        b"GET / HTTP/1.1\r\n\r\n",
        write_message(Compare(NET, None, ("",)))[:-1],
        write_message(Compare(NET, None, ("",)))[:-1] + b"\0",
        write_message(Compared(NET, ())),
        with_version(write_message(Compare(NET, None, ("",)))[:5] + b"\x63" + bytes(36), 1),
        write_message(Give(NET, b"\xff\xff")),
        write_message(Want(NET, False, 1, (), (b"\2" * 32, b"\1" * 32))),
    ],
    ids=["empty", "http", "cut", "damaged", "an answer", "unknown type", "odd stream", "not sorted"],
)
def test_a_request_that_makes_no_sense_is_answered_with_a_no(request_bytes: bytes) -> None:
    ours = ledger("ours", [FOUNDING])
    assert isinstance(read_message(Responder(ours).answer(request_bytes)), No)
    assert len(held(ours)) == 1


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (lambda request: write_message(Facts((), 0, b"")), "not asked"),
        (lambda request: write_message(Compared(NET, ())), "not asked"),
        (lambda request: write_message(Compared(NET, ((b"\1" * 32,) * 16,) * len(request.prefixes))), "never comes"),
    ],
)
def test_an_answer_that_makes_no_sense_ends_the_exchange(answer: Callable[[Request], bytes], says: str) -> None:
    ours = ledger("ours", [FOUNDING])

    def ask(request: bytes) -> bytes:
        message = read_message(request)
        if isinstance(message, Compare) and not message.prefixes:
            return asking(ours)(request)
        return answer(message)  # type: ignore[arg-type]

    with pytest.raises(InvalidInput, match=says):
        sync(ours, ask)


def test_the_disk_of_the_other_side_is_full() -> None:
    class Full(Responder):
        def _answer(self, request: Request) -> Compared:
            raise Unavailable("the disk is full")

    with pytest.raises(Unavailable, match=r"cannot answer now.*disk is full"):
        sync(ledger("ours", [FOUNDING]), Full(ledger("theirs", [FOUNDING])).answer)


# ---- cuts -------------------------------------------------------------------------------------------------
class CutLine:
    """A line that breaks after so many bytes, counted over both directions together."""

    def __init__(self, of: Ledger, after: int) -> None:
        self._responder = Responder(of)
        self.left = after

    def __call__(self, request: bytes) -> bytes:
        if self.left < len(request):
            self._responder.answer(request[: self.left])  # what arrives makes no message
            raise Cut("the line was cut")
        self.left -= len(request)
        answer = self._responder.answer(request)
        if self.left < len(answer):
            raise Cut("the line was cut", answer[: self.left])
        self.left -= len(answer)
        return answer


def small_exchange() -> tuple[list[Fact], list[Fact]]:
    """Facts both ways, a fork, a gap, a missing body, and a chain that only the other side has."""
    host = Device("host", NET)
    chain = reports(host, 4)
    clone = Device("driver", NET)
    stem = reports(clone, 1, OTHER_POINT)
    branches = [reports(copy, 1, OTHER_POINT) for copy in (clone.copy(), clone)]
    here = [FOUNDING, *chain[:1], chain[2], *stem, *branches[0]]
    there = [FOUNDING, *chain[:2], bodiless(chain[3]), *stem, *branches[1], Device("desk", NET).say()]
    return [*here, chain[3]], there


@pytest.mark.slow
def test_a_cut_at_every_byte_of_an_exchange_loses_nothing_and_doubles_nothing() -> None:
    here, there = small_exchange()
    everything = {fact.id for fact in (*here, *there)}
    wanted = ledger("wanted", [*here, *there], verifier=trusting).state_hash()
    first = ledger("one", here, verifier=trusting)
    whole = sync(first, asking(ledger("other", there, verifier=trusting)), batch_bytes=200)
    total = whole.bytes_out + whole.bytes_in
    kept_by_cut: set[int] = set()
    for after in range(total):
        one = ledger("one", here, verifier=trusting)
        other = ledger("other", there, verifier=trusting)
        before = len(held(one)), len(held(other))
        with pytest.raises(Unavailable):
            sync(one, CutLine(other, after), batch_bytes=200)
        assert len(held(one)) >= before[0]
        assert len(held(other)) >= before[1]
        kept_by_cut.add(len(held(one)) + len(held(other)) - sum(before))
        sync(one, asking(other))
        assert held(one) == held(other)
        assert held(one).keys() == everything
        assert [number for number, _ in one.store.arrived()] == list(range(1, len(everything) + 1))
        assert one.state_hash() == other.state_hash() == wanted
    moved = whole.sent + whole.received - 1  # the body is no new fact
    assert kept_by_cut == set(range(moved + 1))  # every step between nothing and all was met


def test_the_facts_that_are_whole_in_a_cut_answer_are_kept() -> None:
    facts = reports(Device("host", NET), 20)
    full = ledger("full", [FOUNDING, *facts])

    def cut_in_the_middle(request: bytes) -> bytes:
        answer = asking(full)(request)
        message = read_message(answer)
        if isinstance(message, Facts) and len(facts_of(answer)) == 20:
            raise Cut("the line was cut", answer[: len(answer) - 32 - len(encode(facts[10:], NET)) + 100])
        return answer

    empty = ledger("empty", [FOUNDING])
    with pytest.raises(Cut):
        sync(empty, cut_in_the_middle)
    assert 9 <= len(held(empty)) - 1 < 20
    kept = len(held(empty)) - 1
    assert sync(empty, asking(full)).received == 20 - kept
    assert_equal(empty, full)


def test_a_restart_of_the_other_side_in_the_middle_is_harmless() -> None:
    full = ledger("full", [FOUNDING, *reports(Device("host", NET), 60)])
    empty = ledger("empty", reports(Device("driver", NET), 0))
    report: SyncReport = sync(empty, lambda request: Responder(full).answer(request), batch_bytes=500)
    assert report.received == 61
    assert_equal(empty, full)
