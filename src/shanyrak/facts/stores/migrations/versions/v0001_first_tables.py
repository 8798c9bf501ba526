"""The first tables of a ledger.

Ids, hashes and keys are BLOB / bytea and sort as bytes; text sorts as bytes too (SQLite's BINARY, collation
"C" in PostgreSQL). ``facts`` is only ever added to, but for its effective time. Bodies and sealed parts lie
in ``parts``, one row for each fact. A chain is named by a small number inside one database.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _bytes(name: str, *, key: bool = False, null: bool = False) -> sa.Column[bytes]:
    return sa.Column(name, sa.LargeBinary(), primary_key=key, nullable=null)


def _text(name: str, *, key: bool = False) -> sa.Column[str]:
    return sa.Column(name, _TEXT, primary_key=key, nullable=False)


def _number(name: str, *, key: bool = False, null: bool = False) -> sa.Column[int]:
    return sa.Column(name, _NUMBER, primary_key=key, nullable=null, autoincrement=False)


def upgrade() -> None:
    """Make all tables, and the one row of ``ledger``."""
    ledger = op.create_table("ledger", _number("one", key=True), _number("dropped"))
    op.bulk_insert(ledger, [{"one": 1, "dropped": 0}])

    op.create_table(
        "chains",
        _number("chain_no", key=True),
        _bytes("origin"),
        _bytes("chain"),
        _bytes("scope"),
        _number("count", null=True),
        _number("top_seq", null=True),
        _bytes("heads", null=True),
        _bytes("missing", null=True),
    )
    op.create_index("chains_by_scope", "chains", ["scope", "chain", "origin"], unique=True)
    op.create_index("chains_by_origin", "chains", ["origin"])

    op.create_table(
        "facts",
        _number("arrival", key=True),
        _bytes("id"),
        _bytes("raw"),
        _bytes("sig"),
        _number("chain_no"),
        _number("seq"),
        _bytes("prev"),
        _text("kind"),
        _number("v"),
        _bytes("about"),
        _number("at_ms"),
        _number("at_counter"),
        _number("eff_ms"),
        _number("eff_counter"),
    )
    op.create_index("facts_by_id", "facts", ["id"], unique=True)
    op.create_index("facts_by_about", "facts", ["about", "arrival"])
    op.create_index("facts_by_chain", "facts", ["chain_no", "seq"])
    op.create_index("facts_by_kind", "facts", ["kind"])

    op.create_table(
        "parts",
        _number("arrival", key=True),
        _bytes("salt", null=True),
        _bytes("body", null=True),
        _bytes("sealed_salt", null=True),
        _bytes("sealed", null=True),
    )
    # Facts whose body is not here: a table, because a partial index would slow every insert down.
    op.create_table("bodiless", _number("arrival", key=True))

    op.create_table(
        "receipts",
        _number("chain_no", key=True),
        _number("time_ms", key=True),
        _bytes("fact", key=True),
        _number("first", key=True),
        _number("last", key=True),
        _bytes("head", key=True),
        _bytes("witness", key=True),
        _text("level", key=True),
        sqlite_with_rowid=False,
    )

    op.create_table(
        "things",
        _bytes("id", key=True),
        _text("type"),
        _bytes("state"),
        _bytes("hash"),
        _bytes("last"),
        _bytes("extra"),
    )
    op.create_index("things_by_type", "things", ["type", "id"])
    op.create_table("names", _bytes("thing", key=True), _text("name", key=True), sqlite_with_rowid=False)
    op.create_index("names_by_name", "names", ["name", "thing"])
    op.create_table(
        "links",
        _bytes("source", key=True),
        _text("field", key=True),
        _bytes("target", key=True),
        _bytes("fact", key=True),
        sqlite_with_rowid=False,
    )
    op.create_index("links_by_target", "links", ["target"])
    op.create_index("links_by_fact", "links", ["fact"])
    op.create_table("marks", _bytes("fact", key=True), _text("mark"), _text("reason"), sqlite_with_rowid=False)
    op.create_index("marks_by_mark", "marks", ["mark"])
    op.create_table("small_values", _text("name", key=True), _bytes("value"))


def downgrade() -> None:
    """Refused: an older program must not drop what a newer one keeps."""
    raise NotImplementedError("the tables of a ledger only ever go forward; restore a backup instead")
