"""Seats and posts reserved together: proposed, answered for, followed, ended."""
