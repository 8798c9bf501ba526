"""Equipment and what keeps it going: from a promise over the road to an open door, and until when it is paid."""
