"""Programmes, cohorts and the people in them."""
