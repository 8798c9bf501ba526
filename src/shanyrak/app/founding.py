"""Founding a network: a key for this device, a key on paper, the first fact, two sheets to print."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from shanyrak.app.network import NetworkFolder
from shanyrak.app.sheets import write_key_sheet, write_network_sheet
from shanyrak.core.errors import InvalidInput
from shanyrak.facts.paper import PaperKey


def found(folder: NetworkFolder, name: str, *, url: str = "", sheets: Path | None = None) -> dict[str, Any]:
    """Found a network in an empty folder.

    The first sheet is written before the first fact, so that no network exists whose recovery key nobody has.
    """
    wanted = name.strip()
    if not wanted or len(wanted) > 120:
        raise InvalidInput("a network needs a name of 1 to 120 letters", where="--name")
    with folder.beginning(url) as ledger:
        if ledger.net:
            raise InvalidInput(
                "the ledger there holds a network already", where=folder.place(), mend="Name another --db"
            )
        paper = PaperKey.generate(folder.random)
        where = sheets or folder.root / "sheets"
        assert ledger.signer is not None
        written = [write_key_sheet(where, name=wanted, paper=paper)]
        try:
            fact = ledger.found(wanted, recovery=paper.signer.public, backup=paper.recipient)
        except BaseException:
            written[0].unlink(missing_ok=True)  # the key to nothing would only be mistaken for one
            raise
        written.append(write_network_sheet(where, name=wanted, net=fact.id, paper=paper))
        return {
            "net": fact.id.hex(),
            "name": wanted,
            "folder": str(folder.root),
            "device": ledger.signer.public.hex(),
            "sheets": [str(path) for path in written],
        }
