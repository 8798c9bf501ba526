"""The command line: thin. One clear line and exit code 2 for anything a user can mend."""

from __future__ import annotations


def main() -> None:
    """Entry point of the program ``shanyrak``."""
    from shanyrak.cli.main import run

    run()
