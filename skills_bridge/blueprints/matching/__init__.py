"""Shortlists of openings: who fits, why, what to ask, whom to propose."""
