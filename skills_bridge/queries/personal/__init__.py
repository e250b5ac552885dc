"""What a person in search of work reads of herself, and what her agency reads of her links."""
