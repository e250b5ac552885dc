"""Identities, shown with a reason."""
