"""Finding: which warm place first, and the sentence a person reads."""
