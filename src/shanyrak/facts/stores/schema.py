"""The tables of a ledger in a database: which revision they are at, and how they are brought forward.

Alembic is loaded only when there is something to bring forward: opening a ledger stays a matter of
milliseconds.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from shanyrak.core.errors import InvalidInput

if TYPE_CHECKING:
    from alembic.config import Config

VERSION_TABLE = "ledger_version"
HEAD = "0002"
"""The revision this program works with: the latest under ``migrations/versions``."""
TABLES = frozenset(
    "ledger chains facts bodiless receipts things names links marks small_values".split()  # noqa: SIM905
)

_LIST_TABLES = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'table'",
    "postgresql": "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()",
}


def is_current(connection: Connection, where: str) -> bool:
    """Whether the tables are those of this program; False where they are older or not there yet.

    Raises
    ------
    InvalidInput
        The database holds something else, or a ledger of a newer program.
    """
    dialect = connection.dialect.name
    tables = {row[0] for row in connection.exec_driver_sql(_LIST_TABLES[dialect])}
    if VERSION_TABLE not in tables:
        # A database server may be shared with others; a file is a ledger or it is not.
        strange = tables if dialect == "sqlite" else tables & TABLES
        if strange:
            raise InvalidInput(
                f"this database is no ledger; it holds the table {min(strange)!r}",
                where=where,
                mend="Name another file or database, or an empty one to begin a ledger in",
            )
        return False
    found = [row[0] for row in connection.exec_driver_sql(f"SELECT version_num FROM {VERSION_TABLE}")]
    if found == [HEAD]:
        return True
    known = ["", *(f"{number:04d}" for number in range(1, int(HEAD)))]
    if all(revision in known for revision in found):
        return False
    raise InvalidInput(
        f"this ledger was written by a newer Shanyrak (its tables are at {', '.join(found)}, ours at {HEAD})",
        where=where,
        mend="Install the newer version; nothing was changed",
    )


def upgrade(connection: Connection, revision: str = "head") -> None:
    """Bring the tables forward, inside the transaction the caller has begun."""
    from alembic import command

    config = _config(io.StringIO())
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def sql(dialect: str, revision: str = "head") -> str:
    """What ``upgrade`` does to an empty database, as SQL text: for whoever may not let a program make tables."""
    from alembic import command

    out = io.StringIO()
    config = _config(out)
    config.attributes["dialect"] = dialect
    command.upgrade(config, revision, sql=True)
    return out.getvalue()


def revisions() -> list[str]:
    """All revisions, oldest first."""
    return [one.revision for one in scripts()]


def scripts() -> list[Any]:
    """Alembic's scripts of all revisions, oldest first."""
    from alembic.script import ScriptDirectory

    script: Any = ScriptDirectory.from_config(_config(io.StringIO()))
    return list(script.walk_revisions())[::-1]


def _config(out: io.StringIO) -> Config:
    from alembic.config import Config

    config = Config(output_buffer=out, stdout=io.StringIO())
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    return config
