"""A service decides: every write of the product is a use case here."""
