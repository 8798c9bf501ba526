"""What people do in a simulated network: found it, admit devices, say things, exchange, keep backups."""

from __future__ import annotations

from shanyrak.facts.rules import Kind
from tests.simulation.device import FAULTS_OF_THE_LEDGER, Device
from tests.simulation.disk import Killed
from tests.simulation.world import SMALL, Visit, World

ROLES = ("host", "host", "host", "desk", "driver", "inspector", "stranger")
DESKS_THAT_HOLD_ALL = 3


def found(world: World) -> None:
    """Headquarters founds the network, describes an area and its points, and admits the other devices."""
    draw = world.draw
    first = world.device("headquarters 1", "headquarters", full=True)
    founding = first.ledger.found("Warm places", recovery=world.paper.public, backup="age1simulated")
    world.net = first.ledger.net
    first.own.add(founding.id)
    world.see(first)
    count = draw.randint(*world.plan.devices)
    if world.plan is SMALL:
        count = min(count, draw.randint(*world.plan.devices))
    for _ in range(1 + count // 150):
        area = world.say(first, "area.described", {"name": f"Area {world.speaker.token()}"})
        assert area is not None
        world.areas.append(area)
    points = max(1, count // 2)
    for _ in range(points):
        world.say(first, "point.described", {"names": {"en": world.speaker.token()}}, scope=draw.choice(world.areas))
    if count > 3 and draw.random() < 0.7:
        second = world.device("headquarters 2", "headquarters", full=True)
        admit(world, first, second, "headquarters")
        if draw.random() < 0.7:
            admit(world, first, second, "admin")
    while len(world.devices) < count:
        newcomer(world, first)
    for device in world.devices[1:]:
        world.sync(device, first, rate=0.0)


def newcomer(world: World, by: Device) -> Device:
    """A device joins, and is admitted where its role needs it."""
    role = world.draw.choice(ROLES)
    desks = sum(device.role == "desk" for device in world.devices)
    device = world.device(f"{role} {len(world.devices)}", role, full=role == "desk" and desks < DESKS_THAT_HOLD_ALL)
    if not device.full:
        point = world.draw.choice(world.things["point"])
        device.places |= {point, world.around[point]}
    admit(world, by, device, role)
    return device


def admit(world: World, by: Device, device: Device, role: str) -> bytes | None:
    """A device is admitted: for its point where it is a host, else for the whole network."""
    if role == "stranger":
        return None
    body = {"key": device.signer.public.hex(), "role": role}
    about = world.net
    if role == "host":
        about = next((place for place in sorted(device.places) if place in world.things["point"]), world.net)
    try:
        return world.say(by, "device.admitted", body, about=about)
    except LookupError:
        return None  # the one who admits does not know the point


def speak(world: World, device: Device) -> bytes | None:
    """A device says one thing of any kind, mostly one that it may say."""
    if not device.ledger.net:
        return None
    newer = device.rules is world.newer
    speaker = world.newer_speaker if newer else world.speaker
    role = "admin" if device.headquarters else device.role
    for _ in range(12):
        kind = speaker.kind()
        if role not in kind.by and "anyone" not in kind.by and world.draw.random() < 0.93:
            continue
        target = _target(world, device, kind)
        if target is None:
            continue
        about, scope = target
        body = speaker.body(kind.body, lambda of: _named(world, device, of))
        sealed = {}
        if any(field.required for field in kind.sealed.values()) or world.draw.random() < 0.4:
            sealed = speaker.body(kind.sealed, lambda of: _named(world, device, of))
        if (newer and kind.name == "tea.poured") or kind.v > 1:
            world.happens("newer schema")
        return world.say(device, kind.name, body, about=about, scope=scope, sealed=sealed or None)
    return None


def _target(world: World, device: Device, kind: Kind) -> tuple[bytes, bytes | None] | None:
    """What a kind is said about, and in which scope where the ledger shall not choose; None: nothing fits."""
    draw = world.draw
    if kind.creates and (not kind.about or draw.random() < 0.5):
        if kind.creates == "area":
            return b"", None
        around = [*world.areas, world.net] if device.full else [*sorted(device.places), world.net]
        if kind.creates == "point":
            around = [place for place in around if place in world.areas] or [world.net]
        return b"", draw.choice(around)
    types = sorted(world.things) if kind.about == ("any",) else list(kind.about)
    if "network" in types and (len(types) == 1 or draw.random() < 0.3):
        return world.net, None
    known = [thing for type in types for thing in world.things.get(type, ())]
    if not device.full and draw.random() < 0.9:
        known = [thing for thing in known if thing in device.places or world.around[thing] in device.places]
    for _ in range(4):
        if known:
            thing = draw.choice(known)
            if device.disk.has([thing]):
                return thing, None
    return None


def _named(world: World, device: Device, of: str) -> str:
    """Some id: of a thing of a type, of any fact; now and then one nobody knows."""
    draw = world.draw
    if of == "fact" and world.rows and draw.random() < 0.9:
        return draw.choice(list(world.rows)).hex() if len(world.rows) < 400 else device.ledger.net.hex()
    known = world.things.get(of, []) if of != "any" else [*world.areas, *world.things.get("point", [])]
    return draw.choice(known).hex() if known and draw.random() < 0.95 else draw.randbytes(32).hex()


def visitors(world: World) -> None:
    """Some at the door say how it is here; the host's device writes each down as its own word."""
    hosts = [device for device in world.devices if device.role == "host" and device.ledger.net]
    if not hosts:
        return
    device = world.draw.choice(hosts)
    points = sorted(device.places & set(world.things["point"]))
    if not device.disk.has(points):
        return
    state = world.draw.choice(("open", "full"))
    at_once = []
    for name in world.draw.sample(("a", "b", "c", "d"), world.draw.randint(1, 3)):
        who = f"visitor {name} of world {world.seed}".encode()
        fact = world.say(device, "visitor.said", world.variant.visitor_word(who, state, world.now), about=points[0])
        if fact is not None:
            at_once.append(Visit(fact, who, state, world.now))
    world.visits.append(at_once)


def exchange(world: World) -> None:
    """Some device reaches another: mostly headquarters, now and then the neighbour."""
    draw = world.draw
    device = draw.choice(world.devices)
    others = [one for one in world.devices if one is not device]
    upward = [one for one in others if one.headquarters]
    peer = draw.choice(upward if upward and draw.random() < 0.75 else others)
    if max(device.alone_until_ms, peer.alone_until_ms) > world.now:
        return
    if device.headquarters and peer.headquarters:
        world.happens("headquarters meet")
    world.sync(device, peer)


def back_up(world: World) -> None:
    """A headquarters writes a backup; when it was read back and checked, it says what is safe."""
    device = world.draw.choice(world.at_headquarters())
    image = device.disk.snapshot()
    disk = world.disk(image)  # type: ignore[arg-type]
    world.backups.append((device, disk))
    if world.draw.random() < 0.7:
        world.checked.append(disk)
        keys = [chain.key for chain in image.all_chains()]
        try:
            device.ledger.note_receipts(keys, "safe")
        except Killed:
            device.restart()
        except FAULTS_OF_THE_LEDGER:
            pass
        world.see(device)
        world.screen(device)
