"""What must hold when the faults have stopped and everybody has met everybody."""

from __future__ import annotations

from collections import defaultdict

from shanyrak.facts.chains import chain_of
from shanyrak.facts.fact import ChainKey
from shanyrak.facts.fold import Entry, fold_thing, root_hash
from shanyrak.facts.ledger import Ledger
from shanyrak.facts.store import Link, Row
from shanyrak.facts.stores.memory import MemoryStore
from tests.simulation.device import Device
from tests.simulation.disk import Disk
from tests.simulation.speech import TOKEN
from tests.simulation.world import World


class Broken(AssertionError):
    """A promise that did not hold."""


def check(world: World) -> None:
    """All promises, for a world in which everybody has met everybody."""
    nothing_is_lost(world)
    nothing_vanished(world)
    replicas_agree(world)
    folds_agree(world)
    chains_hold(world)
    withheld_is_gone(world)
    visitors_are_unknown(world)


def _short(fact: bytes) -> str:
    return fact.hex()[:12]


def _kind(world: World, fact: bytes) -> str:
    row = world.rows.get(fact)
    return f"{_short(fact)} ({row.kind if row else 'unknown'})"


def nothing_is_lost(world: World) -> None:
    """What was shown as at headquarters (on a disk that survived) or safe is at every headquarters, and so is all
    that lies on any disk that is left."""
    for device in world.at_headquarters():
        here = {row.id for _, row in device.disk.arrived()}
        for fact, disks in world.shown.items():
            if fact not in here and disks - world.dead_disks:
                raise Broken(f"{_kind(world, fact)} was shown as at headquarters and is not at {device.name}")
        for fact in world.safe - here:
            raise Broken(f"{_kind(world, fact)} was shown as safe and is not at {device.name}")
        for other in world.devices:
            for _, row in other.disk.arrived():
                if row.id not in here:
                    raise Broken(f"{_kind(world, row.id)} lies at {other.name} and never reached {device.name}")


def nothing_vanished(world: World) -> None:
    """A disk never loses what it kept; what is nowhere any more lay on disks that died only."""
    for device in world.devices:
        kept = device.kept.get(device.disk.number, set())
        gone = kept - device.disk.has(kept)
        if gone:
            raise Broken(f"{_kind(world, min(gone))} vanished from the disk of {device.name}")
    alive = {device.disk.number for device in world.devices}
    everywhere = {row.id for device in world.at_headquarters() for _, row in device.disk.arrived()}
    for device in world.devices:
        for fact in device.own - everywhere:
            holders = {number for one in world.devices for number, ids in one.kept.items() if fact in ids}
            if holders & alive:
                raise Broken(f"{_kind(world, fact)}, said at {device.name}, is at no headquarters")


def replicas_agree(world: World) -> None:
    """Replicas of the same scopes have the same facts, states, marks and effective times."""
    groups: dict[object, list[Device]] = defaultdict(list)
    for device in world.devices:
        groups[device.scopes(), device.rules.version].append(device)
    for alike in groups.values():
        first = alike[0]
        for other in alike[1:]:
            _same(first.disk, first.name, other.disk, other.name)
            if first.ledger.state_hash() != other.ledger.state_hash():
                raise Broken(f"{first.name} and {other.name} hold the same facts and differ in their state hash")


def _same(a: MemoryStore, name_a: str, b: MemoryStore, name_b: str) -> None:
    """The same facts, states, marks, effective times, chains and links in two stores, told apart in words."""
    rows_a = {row.id: row for _, row in a.arrived()}
    rows_b = {row.id: row for _, row in b.arrived()}
    both = f"{name_a} and {name_b}"
    for fact in rows_a.keys() ^ rows_b.keys():
        raise Broken(f"{_short(fact)} is not at both {both}")
    for fact, row in rows_a.items():
        other = rows_b[fact]
        if (row.eff_ms, row.eff_counter) != (other.eff_ms, other.eff_counter):
            raise Broken(f"{both}: {row.kind} {_short(fact)} has effective time {row.eff_ms} and {other.eff_ms}")
        if (row.fact.body is None) != (other.fact.body is None):
            raise Broken(f"{both}: the body of {row.kind} {_short(fact)} is at one and not at the other")
    things_a, things_b = ({row.id: row for row in store.all_things()} for store in (a, b))
    for thing in sorted(things_a.keys() | things_b.keys()):
        one, two = things_a.get(thing), things_b.get(thing)
        if one is None or two is None or one.state != two.state:
            said = f"{one.state.decode() if one else None}\n{two.state.decode() if two else None}"
            raise Broken(f"{both}: {_short(thing)} is not the same thing:\n{said}")
    marks_a, marks_b = ({mark.fact: mark for mark in store.marks()} for store in (a, b))
    for fact in sorted(marks_a.keys() | marks_b.keys()):
        if marks_a.get(fact) != marks_b.get(fact):
            raise Broken(f"{both}: marks {marks_a.get(fact)} and {marks_b.get(fact)} ({rows_a[fact].kind})")
    if a.all_chains() != b.all_chains():
        raise Broken(f"{both}: chains differ")
    links_a, links_b = (_links(store) for store in (a, b))
    if links_a != links_b:
        raise Broken(f"{both}: links differ: {min(links_a ^ links_b)}")


def _links(store: MemoryStore) -> set[Link]:
    return {link for _, row in store.arrived() for link in store.links_of(row.about)}


def folds_agree(world: World) -> None:
    """What was kept up fact by fact equals a fold from scratch: of the same ledger, of a new one that takes the
    facts in another order, and the plain twin's."""
    full = world.at_headquarters()[0]
    phones = [device for device in world.devices if not device.full and device.ledger.net]
    for device in [full, *world.draw.sample(phones, min(world.plan.checks, len(phones)))]:
        copy = Disk.from_image(device.disk, 0)
        again = _ledger(world, device, copy)
        again.rebuild()
        _same(device.disk, device.name, copy, "the same rebuilt")
        if device.full or world.draw.random() < 0.5:
            fresh = _ledger(world, device, Disk(0))
            facts = device.facts()
            founding = next(row.fact for _, row in device.disk.arrived() if row.id == world.net)
            world.draw.shuffle(facts)
            fresh.accept([founding])
            step = world.draw.choice((1, 7, 50)) if len(facts) < 400 else 500
            for first in range(0, len(facts), step):
                fresh.accept(facts[first : first + step])
            # A body that was withheld by somebody whose word does not count after all comes again, as in an exchange.
            lacking = set(fresh.store.without_body())
            fresh.accept([fact for fact in facts if fact.body is not None and fact.id in lacking])
            _same(device.disk, device.name, fresh.store, "the same facts in another order")  # type: ignore[arg-type]
    _twin(full)


def _ledger(world: World, device: Device, disk: Disk) -> Ledger:
    return world.variant.ledger(disk, device.rules, now_ms=device.now_ms, verifier=world.verifier)


def _twin(device: Device) -> None:
    by_thing: dict[bytes, list[Entry]] = defaultdict(list)
    trust = device.ledger.trust
    for _, row in device.disk.arrived():
        by_thing[row.about].append(Entry(row, row.fact.body_value(), trust.waits(row)))
    things = {}
    for thing, entries in sorted(by_thing.items()):
        state, _ = fold_thing(device.rules, thing, entries)
        things[thing] = state.to_row()
    if root_hash(device.rules.version, ((t, row.hash) for t, row in things.items())) != device.ledger.state_hash():
        kept = {row.id: row for row in device.disk.all_things()}
        bad = next(thing for thing in things if kept.get(thing) is None or kept[thing].state != things[thing].state)
        mine = kept[bad].state.decode() if bad in kept else None
        raise Broken(f"{device.name}: {_short(bad)} is kept as\n{mine}\nand is\n{things[bad].state.decode()}")


def chains_hold(world: World) -> None:
    """No fact lies twice on a disk; ``seq`` and ``prev`` hold together; chains are kept as they are."""
    for device in world.devices:
        rows: list[Row] = [row for _, row in device.disk.arrived()]
        if len({row.id for row in rows}) != len(rows) or device.disk.count() != len(rows):
            raise Broken(f"a fact lies twice at {device.name}")
        by_key: dict[ChainKey, list[Row]] = defaultdict(list)
        for row in rows:
            by_key[row.key].append(row)
        for key, of_chain in by_key.items():
            kept = device.disk.get_chains([key]).get(key)
            if kept != chain_of(of_chain):
                raise Broken(f"{device.name}: a chain is kept as {kept}, and is {chain_of(of_chain)}")
        if device.rules is world.rules:
            own = [row for row in rows if row.id in device.own]
            ids = {row.id: row for row in rows}
            for row in own:
                before = ids.get(row.prev)
                if row.prev and before is not None and (before.seq != row.seq - 1 or before.key != row.key):
                    raise Broken(f"{device.name}: {row.kind} {_short(row.id)} does not follow the fact before it")


def withheld_is_gone(world: World) -> None:
    """No withheld text anywhere: not in a body, a state, a name, a mark, a link or a value on any disk."""
    trust = world.at_headquarters()[0].ledger.trust
    forbidden: dict[bytes, bytes] = {}
    for fact, part in trust.withheld:
        row = world.rows.get(fact)
        if row is not None:
            for token in world.tokens[fact][0 if part == "body" else 1]:
                forbidden[token] = fact
    if not forbidden:
        return
    for device in world.devices:
        for token in TOKEN.findall(device.disk.everything()):
            if token in forbidden:
                raise Broken(f"{device.name} still has words of {_kind(world, forbidden[token])}, withheld")


def visitors_are_unknown(world: World) -> None:
    """The word of a visitor is a function of what was said and the hour, whoever said it; and what a device wrote
    down at one time lies in the one chain it has for that point."""
    written: dict[tuple[str, int], bytes] = {}
    salts: set[bytes] = set()
    for at_once in world.visits:
        rows = [(visit, world.rows[visit.fact]) for visit in at_once if visit.fact in world.rows]
        if len({row.key for _, row in rows}) > 1:
            raise Broken("visitors who came at one time have a chain of their own each")
        for visit, row in rows:
            body, salt = row.fact.body, row.fact.salt
            if body is None or salt is None:
                continue
            if written.setdefault((visit.state, visit.at_ms // 3_600_000), body) != body:
                raise Broken(f"two visitors who said the same in the same hour can be told apart: {body.decode()}")
            if row.fact.sealed is not None or salt in salts:
                raise Broken("a visitor's word has something beside it, or random bytes that are not random")
            salts.add(salt)
