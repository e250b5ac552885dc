"""Background work: last runs, results, retry."""
