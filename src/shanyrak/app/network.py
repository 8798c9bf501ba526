"""A network as it lies on this machine: one folder with its ledger, this device's key, and where the rest is.

FOLDER/settings.json     {"format": 1, "url": where the ledger is kept}; without url: ledger.sqlite beside it
FOLDER/ledger.sqlite     the ledger
FOLDER/device.key        this device's secret key, readable by its owner only
FOLDER/backup.key        secret by which this machine reads its own backups again, readable by its owner only
FOLDER/giver.key         secret that givers' links follow from, readable by its owner only
FOLDER/public/           what is published, once it was
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from shanyrak.core.errors import Damaged, InvalidInput, NotFound, Unavailable
from shanyrak.core.folders import write_secret, write_text_atomically
from shanyrak.facts.ledger import Ledger
from shanyrak.facts.rules import load_rules
from shanyrak.facts.signing import Signer
from shanyrak.facts.store import Store
from shanyrak.facts.stores.sql import open_store

_FORMAT = 1
_PASSWORD = re.compile(r"(://[^:/@]*):[^@]*@")


@dataclass(frozen=True)
class NetworkFolder:
    """Where a network lies on this machine, whether it is there yet or not."""

    root: Path
    now_ms: Callable[[], int]
    random: Callable[[int], bytes]

    @property
    def exists(self) -> bool:
        """Whether a network was founded, joined or begun here."""
        return (self.root / "settings.json").is_file()

    @property
    def key_file(self) -> Path:
        """This device's secret key."""
        return self.root / "device.key"

    @property
    def backup_key_file(self) -> Path:
        """The secret by which this machine reads its own backups again."""
        return self.root / "backup.key"

    @property
    def giver_key_file(self) -> Path:
        """The secret that givers' links follow from."""
        return self.root / "giver.key"

    def url(self) -> str:
        """Where the ledger is kept, as SQLAlchemy reads it."""
        path = self.root / "settings.json"
        try:
            settings = json.loads(path.read_text(encoding="utf-8"))
            kept = settings.get("url", "")
        except (OSError, ValueError, AttributeError) as fault:
            raise Damaged("the settings cannot be read", where=str(path), mend="Restore a backup") from fault
        return str(kept) or f"sqlite:///{self.root / 'ledger.sqlite'}"

    def place(self) -> str:
        """Where the ledger is kept, as people may see it: without a password."""
        return _PASSWORD.sub(r"\1:***@", self.url())

    def signer(self) -> Signer:
        """This device's key, made the first time it is asked for."""
        if not self.key_file.is_file():
            try:
                self.root.mkdir(parents=True, exist_ok=True)
                write_secret(self.key_file, self.random(32).hex() + "\n")
            except OSError as fault:
                raise Unavailable(
                    f"this device's key cannot be written ({fault.strerror})", where=str(self.key_file)
                ) from fault
        text = self.key_file.read_text(encoding="ascii", errors="replace").strip()
        try:
            return Signer.from_seed(bytes.fromhex(text))
        except ValueError as fault:
            raise Damaged(
                "this is no key of a device",
                where=str(self.key_file),
                mend="Move it away: a new key is made, and an admin must admit it",
            ) from fault

    def begin(self, url: str = "") -> None:
        """Make the folder; a second time it is left as it is."""
        if self.exists:
            return
        settings = {"format": _FORMAT} | ({"url": url} if url else {})
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            write_text_atomically(self.root / "settings.json", json.dumps(settings) + "\n")
        except OSError as fault:
            raise Unavailable(
                f"nothing can be written here ({fault.strerror})",
                where=str(self.root),
                mend="Set SHANYRAK_HOME to a folder that can be written",
            ) from fault

    @contextmanager
    def beginning(self, url: str = "") -> Iterator[Ledger]:
        """A ledger in which nothing was founded or joined yet; where that fails, the folder is as it was before.

        What an earlier attempt left behind without founding anything (a cut of power) does not stand in the way.
        """
        made = not self.root.exists()
        settings = self.root / "settings.json"
        before = settings.read_bytes() if self.exists else None
        if before is not None and url:
            settings.unlink()
        begun = False
        try:
            self.begin(url)
            with self.open() as ledger:
                before_us = bool(ledger.net)  # a database that another home keeps its network in
                try:
                    yield ledger
                finally:
                    begun = bool(ledger.net) and not before_us
        except BaseException:
            if not begun and made:
                shutil.rmtree(self.root, ignore_errors=True)
            elif not begun and before is not None:
                settings.write_bytes(before)
            raise

    @contextmanager
    def open(self, *, store: Store | None = None) -> Iterator[Ledger]:
        """The ledger, closed again when the block ends; by then no byte of what was withheld is in its files."""
        if not self.exists:
            raise NotFound("there is no network here", where=str(self.root), mend="Found one: shanyrak init")
        held = store if store is not None else open_store(self.url())
        try:
            yield Ledger(held, load_rules(), signer=self.signer(), now_ms=self.now_ms, random=self.random)
            with suppress(Unavailable):  # another program is writing: the next one to close makes sure of it
                held.scrub()
        finally:
            if store is None:
                held.close()


@dataclass(frozen=True)
class Networks:
    """The networks under one home: the real one, and that of the demo. They never mix."""

    root: Path
    now_ms: Callable[[], int]
    random: Callable[[int], bytes] = os.urandom

    @property
    def real(self) -> NetworkFolder:
        """What ``init``, ``ledger import`` and ``ledger restore`` make."""
        return NetworkFolder(self.root / "network", self.now_ms, self.random)

    @property
    def demo(self) -> NetworkFolder:
        """What ``demo`` makes."""
        return NetworkFolder(self.root / "demo-network", self.now_ms, self.random)

    def chosen(self, *, demo: bool) -> NetworkFolder:
        """The network meant: the real one where there is one; the demo's where asked for, or where it is alone."""
        if demo:
            if not self.demo.exists:
                raise NotFound("the demo was not run here", mend="Run it: shanyrak demo --once")
            return self.demo
        if self.real.exists or not self.demo.exists:
            return self.real
        return self.demo

    def empty(self) -> NetworkFolder:
        """The real one, which must not be there yet."""
        if self.real.exists and self._founded(self.real):
            raise InvalidInput(
                "a network was founded or joined here already",
                where=str(self.real.root),
                mend="Set SHANYRAK_HOME to another folder for another network",
            )
        return self.real

    def _founded(self, folder: NetworkFolder) -> bool:
        if not folder.key_file.is_file():
            return False  # whoever founds or joins has a key first
        with folder.open() as ledger:
            return bool(ledger.net)
