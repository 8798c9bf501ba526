"""Backups: what is called safe stands in a file that was read back; what is restored is what was there."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path

import pyrage
import pytest

from shanyrak.app import backups
from shanyrak.app.backups import backup, encrypt, machine_identity, open_backup, restore, verify_backup
from shanyrak.app.network import NetworkFolder
from shanyrak.core.errors import Damaged, InvalidInput, NotFound, Unavailable
from shanyrak.facts.ledger import Ledger
from shanyrak.facts.ledger_file import ledger_pieces, rows_for_file
from shanyrak.facts.paper import PaperKey
from tests.care_drawn import PAPER, chance, folder, found, rules

OTHER_PAPER = PaperKey(bytes(range(32)))


@pytest.fixture
def here(tmp_path: Path) -> Iterator[tuple[NetworkFolder, Ledger]]:
    """The headquarters: a folder with a ledger that was founded there."""
    place = folder(tmp_path / "here")
    place.begin()
    with place.open() as ledger:
        found(ledger)
        yield place, ledger


def take(place: NetworkFolder, ledger: Ledger, where: Path) -> dict[str, object]:
    return backup(ledger, where, key_file=place.root / "backup.key", now_ms=place.now_ms, random=place.random)


# making --------------------------------------------------------------------------------------------------------------
def test_a_backup_makes_what_is_in_it_safe(here: tuple[NetworkFolder, Ledger], tmp_path: Path) -> None:
    place, ledger = here
    said = ledger.say("point.described", {"names": {"en": "Hall"}}, scope=ledger.net).id
    assert ledger.standing(said) == "headquarters"
    state, records = ledger.state_hash(), ledger.store.count()
    done = take(place, ledger, tmp_path / "backups")
    assert ledger.standing(said) == "safe"
    assert (done["records"], done["state"], done["safe"]) == (records, state.hex(), True)
    assert Path(str(done["file"])).name.endswith(f"-{ledger.net.hex()[:8]}.shanyrak.age")
    assert stat.S_IMODE(Path(str(done["file"])).stat().st_mode) == 0o600


def test_what_was_said_meanwhile_is_not_called_safe(
    here: tuple[NetworkFolder, Ledger], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, ledger = here
    late: list[bytes] = []

    def say_one_more(draft: Path, *args: object, **more: object) -> backups.Backup:
        late.append(ledger.say("point.described", {"names": {"en": "Late"}}, scope=ledger.net).id)
        return verify_backup(draft, *args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(backups, "verify_backup", say_one_more)
    take(place, ledger, tmp_path / "backups")
    assert ledger.standing(late[0]) == "headquarters"
    monkeypatch.undo()
    take(place, ledger, tmp_path / "backups")
    assert ledger.standing(late[0]) == "safe"


def test_a_second_backup_says_only_what_is_new(here: tuple[NetworkFolder, Ledger], tmp_path: Path) -> None:
    place, ledger = here
    assert take(place, ledger, tmp_path / "one.age")["receipts"] == 2  # the founding chain, and that of the network
    assert take(place, ledger, tmp_path / "two.age")["receipts"] == 0


def test_a_replica_that_is_no_headquarters_calls_nothing_safe(
    here: tuple[NetworkFolder, Ledger], tmp_path: Path
) -> None:
    _, ledger = here
    replica = folder(tmp_path / "replica")
    replica.begin()
    with replica.open() as other:
        other.accept([row.fact for _, row in ledger.store.arrived()])
        done = take(replica, other, tmp_path / "backups")
        assert (done["safe"], done["receipts"]) == (False, 0)
        assert other.store.count() == ledger.store.count()


def test_it_is_a_plain_age_file_for_the_paper_key(here: tuple[NetworkFolder, Ledger], tmp_path: Path) -> None:
    place, ledger = here
    plain = b"".join(ledger_pieces(rows_for_file(ledger.store), ledger.net))
    path = tmp_path / "backup.age"
    take(place, ledger, path)
    assert pyrage.decrypt(path.read_bytes(), [pyrage.x25519.Identity.from_str(PAPER.identity)]) == plain
    assert b"School" not in path.read_bytes()


def test_the_machine_reads_its_own_backup_and_keeps_its_key(here: tuple[NetworkFolder, Ledger], tmp_path: Path) -> None:
    place, ledger = here
    path, key_file = tmp_path / "backup.age", place.root / "backup.key"
    take(place, ledger, path)
    assert stat.S_IMODE(key_file.stat().st_mode) == 0o600
    identity = machine_identity(key_file, chance("never asked"))
    assert identity == key_file.read_text().strip()
    assert len(verify_backup(path, identity, rules()).facts) < ledger.store.count()  # receipts came after it


def test_a_spoiled_key_of_the_machine_is_named(tmp_path: Path) -> None:
    (tmp_path / "backup.key").write_text("AGE-SECRET-KEY-1NO\n")
    with pytest.raises(Damaged, match="this is no key for backups"):
        machine_identity(tmp_path / "backup.key")


def test_a_disk_that_gives_back_other_bytes_makes_nothing_safe(
    here: tuple[NetworkFolder, Ledger], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, ledger = here
    path = tmp_path / "backup.age"
    take(place, ledger, path)
    kept = path.read_bytes()
    said = ledger.say("point.described", {"names": {"en": "New"}}, scope=ledger.net).id
    read = Path.read_bytes
    monkeypatch.setattr(Path, "read_bytes", lambda self: read(self)[:-1] + b"?")
    with pytest.raises(Damaged, match="other bytes than were written"):
        take(place, ledger, path)
    monkeypatch.undo()
    assert path.read_bytes() == kept  # the backup of before still stands
    assert ledger.standing(said) == "headquarters"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["backup.age", "here"]


def test_a_disk_that_refuses(here: tuple[NetworkFolder, Ledger], tmp_path: Path) -> None:
    place, ledger = here
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(Unavailable, match="cannot write here"):
        take(place, ledger, tmp_path / "file" / "backup.age")


def test_a_network_without_a_recipient_says_so(tmp_path: Path) -> None:
    place = folder(tmp_path / "here")
    place.begin()
    with place.open() as ledger:
        with pytest.raises(NotFound, match="no network was founded"):
            take(place, ledger, tmp_path)
        ledger.found("Bare", recovery=PAPER.signer.public)
        with pytest.raises(InvalidInput, match="names no key that backups are encrypted for"):
            take(place, ledger, tmp_path)


# opening -------------------------------------------------------------------------------------------------------------
def test_the_key_of_another_network_does_not_open_it(here: tuple[NetworkFolder, Ledger], tmp_path: Path) -> None:
    place, ledger = here
    take(place, ledger, tmp_path / "backup.age")
    with pytest.raises(InvalidInput, match="this key does not open it: it is of another network"):
        open_backup(tmp_path / "backup.age", OTHER_PAPER.identity)


def test_one_flipped_bit_anywhere_is_noticed(here: tuple[NetworkFolder, Ledger], tmp_path: Path) -> None:
    place, ledger = here
    path = tmp_path / "backup.age"
    take(place, ledger, path)
    whole = path.read_bytes()
    places = [*range(0, len(whole), 97), len(whole) - 1]
    for at in places:
        spoiled = bytearray(whole)
        spoiled[at] ^= 1 << at % 8
        path.write_bytes(spoiled)
        with pytest.raises(InvalidInput, match="damaged") as caught:
            open_backup(path, PAPER.identity)
        assert str(path) in caught.value.where
    for size in (0, 20, 200, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:size])
        with pytest.raises(InvalidInput, match="damaged"):
            open_backup(path, PAPER.identity)


def test_a_forged_record_in_a_backup_is_named(here: tuple[NetworkFolder, Ledger], tmp_path: Path) -> None:
    _, ledger = here
    rows = list(rows_for_file(ledger.store))
    bad = rows[-1]
    rows[-1] = bad._replace(fact=type(bad.fact)(bad.fact.raw, bytes(64), bad.fact.salt, bad.fact.body))
    path = tmp_path / "backup.age"
    path.write_bytes(encrypt(b"".join(ledger_pieces(rows, ledger.net)), [PAPER.recipient]))
    with pytest.raises(Damaged, match=f"record {bad.id.hex()} in it is not sound: the signature does not verify"):
        verify_backup(path, PAPER.identity, rules())
    with pytest.raises(Damaged, match="1 records in the backup are not sound"):
        restore(folder(tmp_path / "new"), path, PAPER.text, rules=rules())
    assert not (tmp_path / "new").exists()


def test_a_missing_file_and_another_file(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="there is no such file"):
        open_backup(tmp_path / "none.age", PAPER.identity)
    (tmp_path / "photo.age").write_bytes(b"\xff\xd8\xff")
    with pytest.raises(InvalidInput, match="this is no backup"):
        open_backup(tmp_path / "photo.age", PAPER.identity)


# restoring -----------------------------------------------------------------------------------------------------------
def test_restored_on_an_empty_machine_with_the_paper_key(here: tuple[NetworkFolder, Ledger], tmp_path: Path) -> None:
    place, ledger = here
    path = tmp_path / "backup.age"
    done = take(place, ledger, path)
    new = folder(tmp_path / "new", start_ms=1_763_900_000_000)
    restored = restore(new, path, PAPER.text.lower().replace(" ", "-"), rules=rules())
    assert (restored["state"], restored["records"]) == (done["state"], done["records"])
    assert restored["admitted"] is True
    assert ledger.signer is not None
    assert restored["headquarters_before"] == [ledger.signer.public.hex()]
    with new.open() as other:
        assert other.signer is not None and other.signer.public.hex() == restored["device"]
        assert other.signer.public != ledger.signer.public
        authority = other.trust.authority
        assert {one.role for one in authority.roles_of(other.signer.public)} == {"admin", "headquarters"}
        chains = {chain.key.chain for chain in ledger.store.all_chains()}
        said = other.say("point.described", {"names": {"en": "Again"}}, scope=other.net)
        assert other.store.get([said.id])[said.id].key.chain not in chains
        assert said.mark == ""


def test_the_old_machine_can_be_revoked_then_and_nothing_falls(
    here: tuple[NetworkFolder, Ledger], tmp_path: Path
) -> None:
    place, ledger = here
    assert ledger.signer is not None
    path = tmp_path / "backup.age"
    take(place, ledger, path)
    new = folder(tmp_path / "new", start_ms=1_763_900_000_000)
    restored = restore(new, path, PAPER.text, rules=rules())
    with new.open() as other:
        other.say("device.revoked", {"key": ledger.signer.public.hex()}, about=other.net)
        assert ledger.signer.public not in other.trust.authority.headquarters
        names = [thing.state["fields"]["names"][0]["en"] for thing in other.things("point")]
        assert sorted(names) == ["School 0", "School 1", "School 2"]
        assert restored["state"] == other.state_hash().hex()


def test_a_mistyped_key_names_the_group_and_touches_nothing(tmp_path: Path) -> None:
    groups = PAPER.text.split()
    groups[4] = groups[4][::-1]
    with pytest.raises(InvalidInput, match="group 5 is mistyped"):
        restore(folder(tmp_path / "new"), tmp_path / "backup.age", " ".join(groups), rules=rules())
    assert not (tmp_path / "new").exists()


def test_a_filled_machine_is_refused(here: tuple[NetworkFolder, Ledger], tmp_path: Path) -> None:
    place, ledger = here
    path = tmp_path / "backup.age"
    take(place, ledger, path)
    before = ledger.store.count()
    with pytest.raises(InvalidInput, match="a ledger is kept here already"):
        restore(place, path, PAPER.text, rules=rules())
    other = folder(tmp_path / "other")
    other.begin()
    with other.open() as filled:
        filled.found("Other", recovery=OTHER_PAPER.signer.public)
    with pytest.raises(InvalidInput, match="a ledger is kept here already"):
        restore(other, path, PAPER.text, rules=rules())
    assert ledger.store.count() == before


def test_a_damaged_backup_leaves_no_half_restored_machine(here: tuple[NetworkFolder, Ledger], tmp_path: Path) -> None:
    place, ledger = here
    path = tmp_path / "backup.age"
    take(place, ledger, path)
    path.write_bytes(path.read_bytes()[:-5])
    with pytest.raises(InvalidInput, match="damaged or cut off"):
        restore(folder(tmp_path / "new"), path, PAPER.text, rules=rules())
    assert not (tmp_path / "new").exists()


def test_a_backup_that_another_paper_key_opens_admits_nobody(tmp_path: Path) -> None:
    place = folder(tmp_path / "here")
    place.begin()
    with place.open() as ledger:
        found(ledger)
        plain = b"".join(ledger_pieces(rows_for_file(ledger.store), ledger.net))
    path = tmp_path / "backup.age"
    path.write_bytes(encrypt(plain, [OTHER_PAPER.recipient]))
    restored = restore(folder(tmp_path / "new"), path, OTHER_PAPER.text, rules=rules())
    assert restored["admitted"] is False
