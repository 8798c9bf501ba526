"""Three stores behind one port (``facts.store``): memory, SQLite, PostgreSQL. The only SQL of the house."""
