"""A query answers: every read of the product, as frozen dataclasses."""
