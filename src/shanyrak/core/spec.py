"""Where ``spec/`` lies: inside the installed package, or at the top of a working copy."""

from __future__ import annotations

from pathlib import Path


def spec_folder() -> Path:
    """Folder of what both languages and strangers rely on."""
    package = Path(__file__).resolve().parent.parent
    installed = package / "spec"
    return installed if installed.is_dir() else package.parent.parent / "spec"
