"""Joins disk, clock and network to what people of a network ask: devices, invitations, the desk. For entry points."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shanyrak import wiring

if TYPE_CHECKING:
    from fastapi import FastAPI

    from shanyrak.app.desk.board import Board
    from shanyrak.app.invites import Invites
    from shanyrak.app.network import NetworkFolder
    from shanyrak.app.published import Published
    from shanyrak.facts.ledger import Ledger
    from shanyrak.server.desk import DeskPorts


def invites_of(network: NetworkFolder) -> Invites:
    """The open invitations of a network."""
    from shanyrak.app.invites import FILE, Invites

    return Invites(network.root / FILE, now_ms=network.now_ms, random=network.random)


def inside_of(network: NetworkFolder, ledger: Ledger) -> FastAPI:
    """What only people of the network may ask."""
    from shanyrak.app.photos import FOLDER
    from shanyrak.app.sessions import Sessions
    from shanyrak.server.desk import add_desk
    from shanyrak.server.inside import create_inside
    from shanyrak.server.photos import photos_in
    from shanyrak.server.signing_in import Doorkeeper

    turn = threading.RLock()
    ports = desk_ports(network, ledger, turn)
    threading.Thread(target=_read_ahead, args=(ports.board,), name="the desk's table", daemon=True).start()
    door = Doorkeeper(ledger, Sessions(network.now_ms, os.urandom), turn, network.now_ms)
    return create_inside(
        door, invites_of(network), photos_in(network.root / FOLDER), lambda app, of: add_desk(app, of, ports)
    )


def _read_ahead(board: Board) -> None:
    """Read the record once before anybody asks. Whatever goes wrong here is told to the first who does."""
    with suppress(Exception), board.turn:
        board.refresh()


def desk_ports(network: NetworkFolder, ledger: Ledger, turn: threading.RLock) -> DeskPorts:
    """What the desk works with on this machine."""
    from shanyrak.app.desk.board import Board
    from shanyrak.app.desk.day_kept import KeptReports
    from shanyrak.app.desk.lists import Lists
    from shanyrak.app.desk.phones import Phones
    from shanyrak.app.desk.table import Tables
    from shanyrak.app.desk.whatif import Plans
    from shanyrak.app.photos import FOLDER
    from shanyrak.app.shelf import Shelf
    from shanyrak.publish.deployment import FILE, load_deployment
    from shanyrak.server.desk import DeskPorts
    from shanyrak.wiring_publish import PHONES, phones_of

    home = wiring.home()

    def box(name: str) -> list[int] | None:
        degrees = wiring.box_of_map(name)
        return [round(one * 1e7) for one in degrees] if degrees else None

    def around(area: str) -> tuple[float, float, float, float] | None:
        return wiring.box_of_area(ledger, bytes.fromhex(area)) if area else None

    board = Board(ledger, now_ms=network.now_ms, deployment=load_deployment(network.root / FILE), turn=turn)
    return DeskPorts(
        board=board,
        tables=Tables(board, os.urandom(8).hex()),
        lists=Lists(board, now_ms=network.now_ms, random=os.urandom, around=around),
        reports=KeptReports(network.root / "reports"),
        phone=Phones(network.root / PHONES, phones_of),
        box=box,
        photo=lambda name: (network.root / FOLDER / f"{name}.jpg").is_file(),
        shelf=Shelf(home.root),
        plans=Plans(home, time.perf_counter),
    )


def add_forms(
    app: FastAPI,
    network: NetworkFolder,
    ledger: Ledger,
    *,
    turn: threading.Lock,
    published: Published,
    home: str,
    behind_proxy: bool,
) -> None:
    """The plain forms of people without a key, beside what everybody may ask."""
    from shanyrak.app.giver_links import giver_key, secret_of
    from shanyrak.app.initiatives import Beginning, Support, write_beginning, write_support
    from shanyrak.app.naming import name_of
    from shanyrak.app.paper_codes import FILE, PaperCodes
    from shanyrak.app.visitors import Limits
    from shanyrak.app.written_for import DoorReport, Promise, Proposal, write_promise, write_proposal, write_report
    from shanyrak.publish.pages.naming import label
    from shanyrak.server.giver import AT
    from shanyrak.server.plain_forms import Desk, add_plain_forms
    from shanyrak.server.said import address_of

    secret = giver_key(network.giver_key_file, network.random)

    def report(point: bytes, said: DoorReport) -> str:
        with turn:
            write_report(ledger, point, said, now_ms=network.now_ms())
            thing = ledger.thing(point)
            return name_of(thing) if thing is not None else ""

    def propose(said: Proposal, language: str) -> None:
        with turn:
            write_proposal(ledger, said, language=language)

    def promise(said: Promise, language: str) -> str:
        with turn:
            return AT + secret_of(secret, write_promise(ledger, said, language=language))

    def begin(said: Beginning, language: str) -> None:
        with turn:
            write_beginning(ledger, said, language=language)

    def support(said: Support, language: str) -> None:
        with turn:
            write_support(ledger, said, language=language)

    def initiatives(language: str) -> dict[str, str]:
        view = published.view()
        run = [one for one in view.accounts if one.type == "initiative" and not one.archive] if view else []
        return {one.id: label(one.names, language).text or one.id[:6] for one in run}

    add_plain_forms(
        app,
        Desk(report, propose, promise, begin, support, initiatives),
        PaperCodes(network.root / FILE, network.random),
        Limits(time.monotonic, os.urandom(32)),
        languages=lambda: published.deployment().languages,
        address=lambda request: address_of(request, behind_proxy),
        now_ms=network.now_ms,
        home=home,
    )


def paper_codes(
    point: str, *, sheet: Path | None = None, at: str = "", language: str = "uk", demo: bool
) -> dict[str, Any]:
    """New one-time codes for a place; those printed before serve no more.

    Parameters
    ----------
    sheet : file to write a page for printing to, which only its owner can read
    at : address of the server
    """
    from shanyrak.app.code_sheet import code_sheet, write_sheet
    from shanyrak.app.naming import find_thing, get_thing, name_of
    from shanyrak.app.paper_codes import FILE, PaperCodes

    network = wiring.networks().chosen(demo=demo)
    with wiring.ledger_of(network) as ledger:
        found = find_thing(ledger, point, types=("point",))
        name = name_of(get_thing(ledger, found.hex()), language)
        made = PaperCodes(network.root / FILE, network.random)

        def codes() -> list[str]:
            return made.sheet(found)

        if sheet is None:
            return {"point": found.hex(), "name": name, "codes": codes()}
        drawn = write_sheet(
            sheet, codes, lambda drawn: code_sheet(name, drawn, url=f"{at.rstrip('/')}/report", language=language)
        )
        return {"point": found.hex(), "name": name, "codes": drawn}


def invite(role: str, *, point: str, area: str, name: str, at: str, demo: bool) -> dict[str, Any]:
    """A new invitation: its link, told once."""
    from shanyrak.app.devices import check_role, scope_name, scope_of
    from shanyrak.app.invites import HOUR_MS
    from shanyrak.server.inviting import link_path

    network = wiring.networks().chosen(demo=demo)
    with wiring.ledger_of(network) as ledger:
        scope = scope_of(ledger, point=point, area=area)
        check_role(ledger, role, scope)
        token = invites_of(network).make(role, scope, name=name.strip())
        return {
            "link": f"{at.rstrip('/')}/{link_path(role, token)}",
            "role": role,
            "for": scope_name(ledger, scope),
            "name": name.strip(),
            "expires_ms": network.now_ms() + HOUR_MS,
        }


def list_devices(*, demo: bool) -> list[dict[str, Any]]:
    """Devices and what they are trusted with."""
    from shanyrak.app.devices import list_devices as run

    network = wiring.networks().chosen(demo=demo)
    with wiring.ledger_of(network) as ledger:
        return run(ledger, now_ms=network.now_ms())


def revoke(device: str, *, cause: str, demo: bool) -> dict[str, Any]:
    """Shut a device out."""
    from shanyrak.app.devices import find_device, scope_name
    from shanyrak.app.devices import revoke as run

    network = wiring.networks().chosen(demo=demo)
    with wiring.ledger_of(network) as ledger:
        key = find_device(ledger, device)
        scopes = run(ledger, key, cause=cause, now_ms=network.now_ms())
        return {"key": key.hex(), "shut_out_of": [scope_name(ledger, scope) for scope in scopes]}


def invitation(network: NetworkFolder, role: str, scope: Callable[[Ledger], bytes]) -> Callable[[], str]:
    """Makes, each time it is called, the address that leads into the app of a role with a fresh invitation."""
    from shanyrak.server.inviting import link_path

    def made() -> str:
        with network.open() as ledger:
            place = scope(ledger)
        return "/" + link_path(role, invites_of(network).make(role, place))

    return made
