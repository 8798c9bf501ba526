"""The one folder under which everything a user keeps lies.

HOME/areas/<name>/...     one kept area each (``core.folders.Versions``)
HOME/plans/<plan id>/     one plan each
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from shanyrak.core.errors import NotFound
from shanyrak.core.folders import Versions, checked_name


@dataclass(frozen=True)
class Home:
    """Where areas and plans are kept."""

    root: Path

    @property
    def plans(self) -> Path:
        """Folder of all plans."""
        return self.root / "plans"

    def area(self, name: str) -> Versions:
        """The versions of an area, whether it exists yet or not."""
        return Versions(self.root / "areas" / checked_name(name, where="area"))

    def area_names(self) -> list[str]:
        """Names of all kept areas, sorted."""
        folder = self.root / "areas"
        if not folder.is_dir():
            return []
        return sorted(p.name for p in folder.iterdir() if (p / "current").is_file())

    def area_folder(self, name: str) -> Path:
        """Folder of the version in force; NotFound names the areas there are."""
        versions = self.area(name)
        if not (versions.root / "current").is_file():
            known = self.area_names()
            mend = (
                f"Known here: {', '.join(known)}"
                if known
                else "Import one: shanyrak area import NAME --osm FILE.osm.pbf"
            )
            raise NotFound(f"no area is called {name!r}", mend=mend)
        return versions.current()
