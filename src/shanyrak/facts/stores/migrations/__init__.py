"""How the tables of a ledger came to be, revision by revision (Alembic). Shipped with the program."""
