"""What the desk sees and decides: joined out of the ledger for people who run a network."""
