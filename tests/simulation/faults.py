"""What goes wrong in a simulated network, beside the line. Each fault counts itself when it really happened."""

from __future__ import annotations

from collections.abc import Callable

from shanyrak.core.errors import Unavailable
from shanyrak.facts.fact import Fact
from tests.simulation import acts
from tests.simulation.device import DAY_MS, Device
from tests.simulation.disk import Disk, Killed
from tests.simulation.line import FAULTS as LINE_FAULTS
from tests.simulation.poison import HELD, REFUSED, Forger
from tests.simulation.world import SMALL, World

FAR_MS = 400 * DAY_MS


def partition(world: World) -> None:
    """A device is alone for weeks."""
    device = world.draw.choice(world.devices)
    days = world.draw.randint(7, 30) if world.plan is SMALL else world.draw.randint(2, 8)
    device.alone_until_ms = world.now + days * DAY_MS
    world.happens("partition")


def clock_off(world: World) -> None:
    """A clock jumps by up to 400 days; or it is set right again."""
    device = world.draw.choice(world.devices)
    if device.headquarters and world.draw.random() < 0.8:
        return
    if abs(device.offset_ms) > DAY_MS and world.draw.random() < 0.6:
        device.offset_ms = world.draw.randint(-90_000, 90_000)
    else:
        device.offset_ms = world.draw.choice((-FAR_MS, FAR_MS, world.draw.randint(-FAR_MS, FAR_MS)))
    world.happens("clock off")


def take_image(world: World) -> None:
    """Somebody images a phone; nothing is wrong yet."""
    device = world.draw.choice(world.devices)
    world.images.append((device, _image(world, device)))
    del world.images[:-12]


def phone_restored(world: World) -> None:
    """A phone is put back to an old image of itself, and goes on in the chains it had then."""
    old = [(device, image) for device, image in world.images if not device.headquarters and device in world.devices]
    if not old:
        take_image(world)
        return
    device, image = world.draw.choice(old)
    _replace_disk(world, device, Disk.from_image(image, _number(world)))
    world.happens("phone restored")
    _go_on(world, device)


def phone_cloned(world: World) -> None:
    """Two phones with one key and the same chains; both go on."""
    phones = [device for device in world.devices if not device.headquarters]
    most = world.plan.devices[1] if world.plan is SMALL else world.plan.devices[1] + 20
    if not phones or len(world.devices) >= most:
        return
    device = world.draw.choice(phones)
    disk = world.disk(_image(world, device))
    twin = world.device(f"{device.name} twin", device.role, full=device.full, signer=device.signer, disk=disk)
    twin.places = set(device.places)
    twin.rules = device.rules
    twin.restart()
    twin.offset_ms = device.offset_ms
    twin.own = set(device.own)
    world.see(twin)
    world.happens("phone cloned")
    _go_on(world, device)
    _go_on(world, twin)


def headquarters_restored(world: World) -> None:
    """The disk of a headquarters dies; an old backup is put on another."""
    old = [(device, image) for device, image in world.backups if device in world.devices]
    if not old:
        acts.back_up(world)
        return
    device, image = world.draw.choice(old)
    _replace_disk(world, device, Disk.from_image(image, _number(world)))
    device.ledger.start_new_chains()
    world.happens("headquarters restored")
    _go_on(world, device)


def storage_evicted(world: World) -> None:
    """The browser threw a phone's storage away: nothing is left, or the key alone."""
    phones = [device for device in world.devices if not device.headquarters]
    if not phones:
        return
    device = world.draw.choice(phones)
    if world.draw.random() < 0.5:
        device.signer = world.signer()
        device.own.clear()
        acts.admit(world, world.draw.choice(world.at_headquarters()), device, device.role)
    _replace_disk(world, device, world.disk())
    world.happens("storage evicted")


def disk_full(world: World) -> None:
    """A disk is full in the middle of a transaction, or for a while."""
    device = world.draw.choice(world.devices)
    _failing(world, device, Unavailable, "disk full")


def killed(world: World) -> None:
    """The process is killed in the middle of writing, or when it was written and before anybody learnt."""
    device = world.draw.choice(world.devices)
    if world.draw.random() < 0.5:
        _failing(world, device, Killed, "killed while writing")
        return
    device.disk.kill_when_written = True
    before = device.restarts
    _busy(world, device)
    device.disk.kill_when_written = False
    if device.restarts > before:
        world.happens("killed between insert and answer")


def poison(world: World) -> None:
    """Somebody hands in records made by hand."""
    draw = world.draw
    device = draw.choice(world.devices)
    if not device.ledger.net or not world.things.get("point"):
        return
    forger = Forger(draw, draw.choice((world.signer(), draw.choice(world.devices).signer)), world.net)
    about = draw.choice(world.things["point"])
    other = world.rows[draw.choice(list(world.rows)[:400])].fact
    sort = draw.choice(REFUSED + HELD)
    if sort == "false receipt":
        forger = Forger(draw, world.signer(), world.net)  # a headquarters does not lie in these worlds
    one = forger.poison(sort, at_ms=world.now, about=about, scope=about, other=other)
    honest = [row.fact for row in draw.sample(list(world.rows.values()), min(3, len(world.rows)))]
    batch = [*honest, one]
    draw.shuffle(batch)
    before = device.disk.has([one.id])
    try:
        outcomes = device.ledger.accept(batch)
    except (Unavailable, Killed):
        device.restart()
        return
    world.see(device)
    what = {outcome.id: outcome.what for outcome in outcomes}[one.id]
    if not before and (what == "refused") != (sort in REFUSED):
        raise AssertionError(f"poison of the sort {sort!r} was {what}")
    world.happens(f"poison: {sort}")


def newer_schema(world: World) -> None:
    """A device gets a later program, which knows kinds the others do not; or goes back to the old one."""
    device = world.draw.choice(world.devices)
    device.rules = world.newer if device.rules is world.rules else world.rules
    device.restart()
    for _ in range(3):
        acts.speak(world, device)


def device_revoked(world: World) -> None:
    """A device is revoked while it is far away, and goes on speaking."""
    inside = [one for one in world.devices if one.role in ("host", "desk", "driver", "inspector")]
    if not inside:
        return
    device = world.draw.choice(inside)
    by = world.draw.choice(world.at_headquarters())
    about = next((place for place in sorted(device.places) if place in world.things["point"]), world.net)
    body = {"key": device.signer.public.hex(), "cause": "stolen"}
    if not by.disk.has([about]) or not world.say(by, "device.revoked", body, about=about):
        return
    world.revoked.add(device.signer.public)
    device.alone_until_ms = world.now + world.draw.randint(1, 10) * DAY_MS
    world.happens("device revoked")
    for _ in range(2):
        acts.speak(world, device)


def admins_revoke_each_other(world: World) -> None:
    """Two headquarters that are admins revoke each other at the same time; the paper key may settle it."""
    both = world.at_headquarters()
    if len(both) < 2 or world.draw.random() < 0.4:
        return
    for by, other in (both[:2], both[1::-1]):
        world.say(by, "device.revoked", {"key": other.signer.public.hex(), "cause": "misused"}, about=world.net)
    world.happens("admins revoke each other")
    if world.draw.random() < 0.6:
        paper = Forger(world.draw, world.paper, world.net)
        for device in both[: world.draw.randint(1, 2)]:
            for role in ("admin", "headquarters"):
                body = {"key": device.signer.public.hex(), "role": role}
                fact = paper.fact("device.admitted", body, at_ms=world.now, about=world.net)
                world.hand_over(device, [fact])


def body_withheld(world: World) -> None:
    """Words are taken back; what had them and was away brings them again."""
    draw = world.draw
    by = draw.choice([one for one in world.devices if one.headquarters or one.role == "desk"])
    rows = [row for _, row in by.disk.arrived() if sum(len(part) for part in world.tokens.get(row.id, ()))]
    if not rows:
        return
    row = draw.choice(rows)
    before = world.rows[row.id].fact
    body = {"fact": row.id.hex(), "reason": draw.choice(("personal", "danger", "law"))}
    if draw.random() < 0.6:
        body["part"] = draw.choice(("body", "sealed", "both"))
    try:
        world.say(by, "body.withheld", body, about=row.about, scope=row.key.scope)
    except LookupError:
        return
    world.happens("body withheld")
    world.withheld_once.append(before)


def withheld_comes_back(world: World) -> None:
    """A duplicate batch, or a replica, brings a body that was withheld."""
    if not world.withheld_once:
        body_withheld(world)
        return
    device = world.draw.choice(world.devices)
    if not device.ledger.net:
        return
    fact = world.draw.choice(world.withheld_once)
    had = {part for part in ("body", "sealed") if (fact.id, part) in device.ledger.trust.withheld}
    world.hand_over(device, [fact])
    if had:
        world.happens("withheld body comes back")


def batches_out_of_order(world: World) -> None:
    """A file is handed over in pieces: some twice, none in order, some not at all."""
    draw = world.draw
    device, peer = draw.choice(world.devices), draw.choice(world.devices)
    if device is peer or not device.disk.count():
        return
    facts = device.facts()
    if peer.ledger.net:
        wanted = peer.scopes()
        facts = [f for f in facts if wanted is None or bytes.fromhex(f.header().scope) in wanted]
        facts = draw.sample(facts, max(1, len(facts) * draw.randint(3, 10) // 10)) if facts else []
        draw.shuffle(facts)
    world.hand_over(peer, facts, size=draw.randint(1, 40))
    if facts and draw.random() < 0.5:
        world.hand_over(peer, facts[: draw.randint(1, len(facts))])
        world.happens("duplicate batch")
    world.happens("batches out of order")


def newcomer(world: World) -> None:
    """Somebody joins late."""
    if len(world.devices) < world.plan.devices[1]:
        acts.newcomer(world, world.draw.choice(world.at_headquarters()))


FAULTS: dict[str, tuple[int, Callable[[World], None]]] = {
    "partition": (3, partition),
    "clock off": (4, clock_off),
    "take image": (4, take_image),
    "phone restored": (4, phone_restored),
    "phone cloned": (2, phone_cloned),
    "headquarters restored": (3, headquarters_restored),
    "storage evicted": (2, storage_evicted),
    "disk full": (4, disk_full),
    "killed": (6, killed),
    "poison": (7, poison),
    "newer schema": (2, newer_schema),
    "device revoked": (2, device_revoked),
    "admins revoke each other": (1, admins_revoke_each_other),
    "body withheld": (4, body_withheld),
    "withheld body comes back": (4, withheld_comes_back),
    "batches out of order": (5, batches_out_of_order),
    "newcomer": (1, newcomer),
}
"""Faults with how often they are tried; those of the line are in ``line.FAULTS``."""
MUST_OCCUR = (
    *LINE_FAULTS,
    "partition",
    "headquarters meet",
    "headquarters restored",
    "phone restored",
    "phone cloned",
    "clock off",
    "newer schema",
    "device revoked",
    "revoked device speaks on",
    "admins revoke each other",
    "disk full",
    "killed while writing",
    "killed between insert and answer",
    "storage evicted",
    "body withheld",
    "withheld body comes back",
    "batches out of order",
    "duplicate batch",
    *(f"poison: {sort}" for sort in REFUSED + HELD),
)
"""Faults that must have happened in a run of many worlds."""


def one_fault(world: World) -> None:
    """Some fault, drawn."""
    names = [name for name in FAULTS if world.may(name)]
    if names:
        name = world.draw.choices(names, [FAULTS[name][0] for name in names])[0]
        FAULTS[name][1](world)


# Helpers -----------------------------------------------------------------------------------------------
def _number(world: World) -> int:
    world.disks += 1
    return world.disks


def _image(world: World, device: Device) -> Disk:
    return Disk.from_image(device.disk, _number(world))


def _replace_disk(world: World, device: Device, disk: Disk) -> None:
    world.see(device)
    world.dead_disks.add(device.disk.number)
    device.put_in(disk)


def _go_on(world: World, device: Device) -> None:
    for _ in range(world.draw.randint(0, 3)):
        acts.speak(world, device)


def _failing(world: World, device: Device, how: type[BaseException], name: str) -> None:
    device.disk.fail_with = how
    device.disk.fail_after = world.draw.randint(0, 14)
    failed = device.disk.failed
    _busy(world, device)
    if device.disk.failed > failed:
        world.happens(name)
    device.disk.steady()


def _busy(world: World, device: Device) -> None:
    """The device does something that writes."""
    if world.draw.random() < 0.6:
        for _ in range(3):
            acts.speak(world, device)
        return
    giver = world.draw.choice(world.devices)
    facts: list[Fact] = giver.facts()[-30:] if giver.ledger.net == device.ledger.net else []
    world.hand_over(device, facts)
