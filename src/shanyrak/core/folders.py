"""Folders that appear whole or not at all.

A kept thing is a folder of versions with a pointer beside them:

    NAME/current            one line: the name of the version that counts
    NAME/versions/<name>/   the files

A version is written under a temporary name, flushed to disk, renamed, and only then pointed at
(the pointer is itself replaced by a rename). Whoever is interrupted leaves the old version in force.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from shanyrak.core.errors import Damaged, InvalidInput, NotFound

_NAME = re.compile(r"[^\W_](?:[\w.-]*\w)?")
RESERVED = frozenset({"check"})
"""Words that are commands where a name is expected."""


def checked_name(name: str, *, where: str = "NAME") -> str:
    """The name itself if it can name a folder on every system, else InvalidInput."""
    if not _NAME.fullmatch(name) or len(name) > 80:
        raise InvalidInput(
            f"{name!r} cannot be a name",
            where=where,
            mend="Use letters, digits, '-', '_' and '.', beginning and ending with a letter or digit",
        )
    if name.lower() in RESERVED:
        raise InvalidInput(f"{name!r} is the name of a command", where=where, mend="Choose another name")
    return name


def flush_folder(folder: Path) -> None:
    """Make sure that all files of a folder are on disk (fsync), the folder's own list last."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            with path.open("rb") as file:
                os.fsync(file.fileno())
    flush_list(folder)


def flush_list(folder: Path) -> None:
    """Make sure that a folder's list of names is on disk: what was renamed into it stays renamed."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def whole_file(path: Path, *, mode: int = 0o644, new: bool = False) -> Iterator[BinaryIO]:
    """Yield a file beside ``path`` that takes its place, on disk, when the block ends without an error.

    Parameters
    ----------
    mode : rights it gets
    new : never overwrite: FileExistsError where there is one already

    Raises
    ------
    OSError
        The disk refuses; what stood at ``path`` before still stands there.
    """
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # mkstemp: for its owner only
    os.close(handle)
    temporary = Path(name)
    try:
        with temporary.open("wb") as file:  # by its name, so that ``file.name`` can be opened and checked
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(mode)
        if new:
            os.link(temporary, path)
        else:
            os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
    flush_list(path.parent)


def write_text_atomically(path: Path, text: str) -> None:
    """Replace a file's content as one step."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with whole_file(path, mode=0o600) as file:
        file.write(text.encode())


def write_secret(path: Path, text: str) -> None:
    """Write a new file that only its owner can read; one that exists already is never overwritten."""
    with whole_file(path, mode=0o600, new=True) as file:
        file.write(text.encode())


@contextmanager
def whole_folder(target: Path) -> Iterator[Path]:
    """Yield an empty folder that becomes ``target`` when the block ends without an error.

    An existing ``target`` is replaced (its old content is gone only after the new one is in place).
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name}."))
    draft.chmod(0o755)
    try:
        yield draft
        flush_folder(draft)
        aside: Path | None = None
        if target.exists():
            aside = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name}.old.")) / "old"
            os.replace(target, aside)
        try:
            os.replace(draft, target)
        except BaseException:
            if aside is not None:
                os.replace(aside, target)
            raise
        flush_list(target.parent)
        if aside is not None:
            shutil.rmtree(aside.parent, ignore_errors=True)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise


class Versions:
    """The versions of one kept thing under ``root`` (see the top of this file)."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def current(self) -> Path:
        """The folder of the version in force; NotFound where nothing was ever kept."""
        pointer = self.root / "current"
        if not pointer.is_file():
            raise NotFound(f"nothing is kept under {self.root.name!r}", where=str(self.root))
        name = pointer.read_text(encoding="utf-8").strip()
        folder = self.folder(name)
        if not name or not folder.is_dir():
            raise Damaged("the pointer names a version that is not there", where=str(pointer), mend="Import it again")
        return folder

    def folder(self, version: str) -> Path:
        """Where a version lies or would lie."""
        return self.root / "versions" / version

    @contextmanager
    def new(self) -> Iterator[Draft]:
        """Yield a draft; set its ``version`` inside the block. It is in force when the block ends."""
        (self.root / "versions").mkdir(parents=True, exist_ok=True)
        draft = Draft(Path(tempfile.mkdtemp(dir=self.root / "versions", prefix=".draft.")))
        draft.folder.chmod(0o755)
        try:
            yield draft
            assert draft.version, "a draft needs a version before it can be kept"
            target = self.folder(draft.version)
            flush_folder(draft.folder)
            if target.exists():
                shutil.rmtree(draft.folder)
            else:
                os.replace(draft.folder, target)
            flush_list(target.parent)
            write_text_atomically(self.root / "current", draft.version + "\n")
        except BaseException:
            shutil.rmtree(draft.folder, ignore_errors=True)
            if not (self.root / "current").exists():
                _remove_if_empty(self.root / "versions")
                _remove_if_empty(self.root)
            raise


class Draft:
    """A version being written: its folder, and the name it will get."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.version = ""


def _remove_if_empty(folder: Path) -> None:
    if folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()
