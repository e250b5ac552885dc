"""Needs on screen: written by companies, followed by the agency and the association."""
