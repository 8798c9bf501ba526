"""What is true now, what contradicts, what runs out."""
