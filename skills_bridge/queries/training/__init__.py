"""Programmes and cohorts as each reader sees them."""
