"""Starts on posts: recorded, undone, ended."""
