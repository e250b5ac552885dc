"""Organisations as the platform admits, verifies, suspends and sees them leave."""
