"""A policy permits: one table of permissions and its small predicates."""
