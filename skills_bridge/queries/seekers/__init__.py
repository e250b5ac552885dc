"""Reads about people: the list, one file, the interview, the words that files use."""
