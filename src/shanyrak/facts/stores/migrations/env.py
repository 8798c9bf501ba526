"""Runs the revisions: on the connection ``schema.upgrade`` hands over, or as SQL text (``schema.sql``)."""

from __future__ import annotations

from alembic import context

from shanyrak.facts.stores.schema import VERSION_TABLE

connection = context.config.attributes.get("connection")
if connection is None:
    context.configure(
        dialect_name=context.config.attributes["dialect"],
        literal_binds=True,
        version_table=VERSION_TABLE,
    )
    with context.begin_transaction():
        context.run_migrations()
else:
    # The caller's transaction is around everything: a ledger has the old tables or the new ones.
    context.configure(connection=connection, version_table=VERSION_TABLE, transactional_ddl=False)
    context.run_migrations()
