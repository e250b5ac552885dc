"""Today's work of the signed-in person."""
