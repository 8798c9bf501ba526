"""A published folder on disk: every file whole at every moment, and no trace in it of anything but what is public.

Files are first written aside, all of them, and then renamed into place: content, base, delta, manifest, pages. A
full disk is met before anything was replaced. The times of files are those of the publication, so that a server
which tells them tells nothing else; content that nothing names any more is removed an hour later.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from pathlib import Path, PurePosixPath

from shanyrak.core.errors import InvalidInput, Unavailable
from shanyrak.core.folders import flush_list
from shanyrak.publish.bundle import BASE, DELTA, MANIFEST, Content, Signed, content, content_path, signed_of
from shanyrak.publish.bundle_content import packed, unpacked
from shanyrak.publish.bundle_signing import FORMAT, BundleRefused, opened

KEPT_S = 3_600
_CONTENT = re.compile(r"data/[a-z0-9-]+-[0-9a-f]{16}\.[a-z]+")
_ASIDE = ".shanyrak-"
"""Beginning of the folder in which files are written before they are renamed."""
_SIGNED = (BASE, DELTA, MANIFEST)
"""In the order in which they are replaced."""


class PublishedFolder:
    """The folder of one network.

    Parameters
    ----------
    root : need not be there yet
    net : 64 hex digits
    """

    def __init__(self, root: Path, net: str) -> None:
        self.root = root
        self.net = net
        self._written: dict[str, bytes] = {}

    def refuse_foreign(self) -> None:
        """InvalidInput where the folder has files of somebody else, or of another network."""
        mend = "Name an empty folder, or the one this network was published in"
        if self.root.exists() and not self.root.is_dir():
            raise InvalidInput("it is a file", where=str(self.root), mend=mend)
        if self.signed() is None and not self._once_ours() and (other := self._foreign()):
            raise InvalidInput(f"the folder has other files in it ({other})", where=str(self.root), mend=mend)

    def _once_ours(self) -> bool:
        """Whether one signed file at least is whole and of this network: the others were damaged since."""
        for path, kind in zip(_SIGNED, ("base", "delta", "manifest"), strict=True):
            with suppress(OSError, BundleRefused):
                opened((self.root / path).read_bytes(), kind, net=self.net)
                return True
        return False

    def _foreign(self) -> str:
        """A file that an interrupted first publication cannot have left; "" where there is none."""
        if not self.root.is_dir():
            return ""
        for path in sorted(self.root.rglob("*")):
            name = path.relative_to(self.root).as_posix()
            ours = name.startswith(_ASIDE) or name == "data" or name in _SIGNED or _CONTENT.fullmatch(name)
            if not ours:
                return name
        return ""

    def signed(self) -> Signed | None:
        """The signed files that are there; None where one is missing or damaged."""
        try:
            return signed_of({path: (self.root / path).read_bytes() for path in _SIGNED}, net=self.net)
        except BundleRefused as refused:
            if refused.code == "other_network":
                mend = "Name an empty folder, or the one this network was published in"
                raise InvalidInput("another network is published here", where=str(self.root), mend=mend) from refused
            return None
        except OSError:
            return None

    def listed(self, before: Signed) -> Content | None:
        """The list of pages as it was published; None where it is not there."""
        said = before.manifest["files"].get("pages")
        path = self.root / str(said["path"]) if said else None
        return content("pages", "z", path) if path is not None and path.is_file() else None

    def write(
        self,
        contents: Collection[Content],
        signed: Signed,
        pages: Mapping[str, bytes | Path] | None,
        before: Signed | None,
    ) -> list[str]:
        """Bring the folder to what is given; the paths that were written. Without pages, those are left as they are.

        Raises
        ------
        Unavailable
            The disk refused. What was there before is whole and goes together.
        """
        at_s = max(int(one["as_of_at_min"]) for one in (signed.base, signed.delta)) * 60
        left = self._pages_before() - set(pages) if pages is not None else set()
        wanted: list[tuple[str, bytes | Path]] = [(one.path, one.data) for one in contents]
        wanted = [one for one in wanted if not (self.root / one[0]).is_file()]
        wanted += [(path, signed.files[path]) for path in _SIGNED if self._differs(path, signed.files[path])]
        wanted += [(path, data) for path, data in (pages or {}).items() if self._differs(path, data)]
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            self._replace(wanted, at_s)
        except OSError as fault:
            raise Unavailable(
                f"the disk refused ({fault.strerror}); the copy published before stays as it is",
                where=str(self.root),
                mend="Make room, or name a folder that can be written",
            ) from fault
        self._written |= {path: _digest(data) for path, data in wanted if isinstance(data, bytes)}
        self._remove_pages(left)
        self._age(_named(before) - _named(signed), at_s)
        self._sweep(_named(signed), at_s)
        return [path for path, _ in wanted]

    def _replace(self, wanted: Iterable[tuple[str, bytes | Path]], at_s: int) -> None:
        for leftover in self.root.glob(f"{_ASIDE}*"):
            shutil.rmtree(leftover, ignore_errors=True)
        aside = Path(tempfile.mkdtemp(dir=self.root, prefix=_ASIDE))
        try:
            staged: list[tuple[Path, Path]] = []
            for k, (path, data) in enumerate(wanted):
                draft = aside / str(k)
                with draft.open("wb") as file:
                    if isinstance(data, bytes):
                        file.write(data)
                    else:
                        with data.open("rb") as source:
                            shutil.copyfileobj(source, file, 1 << 20)
                    file.flush()
                    if path.startswith("data/"):
                        os.fsync(file.fileno())
                os.utime(draft, (at_s, at_s))
                staged.append((draft, self.root / path))
            for folder in sorted({target.parent for _, target in staged}):
                folder.mkdir(parents=True, exist_ok=True)
            synced = False
            for draft, target in staged:
                if not synced and target.name.endswith(".shy"):
                    flush_list(target.parent)  # what a signed file names is on disk before it
                    synced = True
                os.replace(draft, target)
            if staged and (self.root / "data").is_dir():
                flush_list(self.root / "data")
        finally:
            shutil.rmtree(aside, ignore_errors=True)

    def _differs(self, path: str, data: bytes | Path) -> bool:
        if isinstance(data, Path):  # its name is its hash
            there = self.root / path
            return not there.is_file() or there.stat().st_size != data.stat().st_size
        digest = _digest(data)
        if path not in self._written:
            try:
                self._written[path] = _digest((self.root / path).read_bytes())
            except OSError:
                return True
        return self._written[path] != digest

    def _pages_before(self) -> set[str]:
        """Paths of pages that any list in the folder names; also one of a publication that was interrupted."""
        found: set[str] = set()
        for listed in sorted((self.root / "data").glob("pages-*.z")):
            with suppress(BundleRefused, OSError, TypeError, KeyError):
                found |= {str(path) for path in unpacked(listed.read_bytes())["paths"]}
        return {path for path in found if _inside(path)}

    def _remove_pages(self, paths: Iterable[str]) -> None:
        for path in paths:
            self._written.pop(path, None)
            (self.root / path).unlink(missing_ok=True)
            for parent in (self.root / path).parents:
                if parent == self.root or any(parent.iterdir() if parent.is_dir() else ()):
                    break
                with suppress(OSError):
                    parent.rmdir()

    def _age(self, dropped: Iterable[str], at_s: int) -> None:
        """Content that is not named from now on: its hour begins with this publication."""
        for path in dropped:
            with suppress(OSError):
                os.utime(self.root / path, (at_s, at_s))

    def _sweep(self, named: Collection[str], at_s: int) -> None:
        for path in sorted((self.root / "data").iterdir()):
            name = f"data/{path.name}"
            if name not in named and _CONTENT.fullmatch(name) and path.stat().st_mtime <= at_s - KEPT_S:
                path.unlink(missing_ok=True)


def list_of_pages(paths: Iterable[str]) -> bytes:
    """The content ``pages``."""
    return packed({"f": FORMAT, "paths": sorted(paths)})


def _inside(path: str) -> bool:
    parts = PurePosixPath(path).parts
    return bool(parts) and not path.startswith("/") and ".." not in parts and parts[0] != "data"


def _named(signed: Signed | None) -> set[str]:
    if signed is None:
        return set()
    listed = {str(one["path"]) for one in signed.manifest["files"].values()}
    return listed | {content_path("points", str(signed.base["points"]), "z")}


def _digest(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()
