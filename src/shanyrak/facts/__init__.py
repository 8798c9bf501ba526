"""The ledger: facts, their kinds, signing, order, trust, the fold, stores and exchange (``spec/facts.md``)."""
