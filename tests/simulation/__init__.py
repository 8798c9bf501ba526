"""A simulated network: the real ledger and exchange, with a clock, a network and disks that misbehave on purpose."""
