"""A disk that can be full, that a power cut can stop anywhere, and that can be imaged and put back.

Under it lies the real store in memory, whose transactions are real; only its writes can be made to fail. Every
disk has a number of its own, so that at the end it can be said which facts lived on which disk, and which disks
are still there.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from shanyrak.core.errors import Unavailable
from shanyrak.facts.stores.memory import MemoryStore


class Killed(BaseException):
    """The process was killed here. Nobody catches it but the one who starts the process again."""


class Disk(MemoryStore):
    """A store whose next writes may fail.

    ``fail_after`` counts down with every write: at 0 the disk is full (Unavailable) or the process is killed.
    ``kill_when_written`` kills the process after a transaction reached the disk, before its caller learns of it.
    """

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number
        self.fail_after: int | None = None
        self.fail_with: type[BaseException] = Unavailable
        self.kill_when_written = False
        self.failed = 0

    @classmethod
    def from_image(cls, image: MemoryStore, number: int) -> Disk:
        """A new disk with what an image holds."""
        disk = cls(number)
        mended = {name: getattr(disk, name) for name in ("number", "fail_after", "fail_with", "failed")}
        vars(disk).update(vars(image.snapshot()))
        vars(disk).update(mended, kill_when_written=False)
        return disk

    @contextmanager
    def transaction(self) -> Iterator[None]:
        with super().transaction():
            yield
            self._write()  # the disk may be full, or the power gone, when all of it is to be made lasting
        if self.kill_when_written:
            self.kill_when_written = False
            self.failed += 1
            raise Killed

    def _write(self) -> None:
        """One write reaches the disk, or does not."""
        if self.fail_after is None:
            return
        self.fail_after -= 1
        if self.fail_after < 0:
            self.fail_after = None
            self.failed += 1
            if self.fail_with is Killed:
                raise Killed
            raise Unavailable("the disk is full", where=f"disk {self.number}", mend="Make room")

    def steady(self) -> None:
        """From now on nothing fails."""
        self.fail_after, self.kill_when_written = None, False

    def everything(self) -> bytes:
        """All that lies anywhere on this disk, as one piece of bytes in which its texts lie as they are."""
        return pickle.dumps({name: value for name, value in vars(self).items() if type(value) in (dict, list)})


def _failing(name: str) -> Callable[..., None]:
    def write(self: Disk, *arguments: Any) -> None:
        self._write()
        getattr(MemoryStore, name)(self, *arguments)

    return write


for _name in (
    "put_facts",
    "set_effective",
    "put_parts",
    "drop_parts",
    "put_chains",
    "put_receipts",
    "put_things",
    "put_names",
    "put_links",
    "drop_links",
    "put_marks",
    "drop_marks",
    "put_value",
):
    setattr(Disk, _name, _failing(_name))
