"""Figures of the open month."""
