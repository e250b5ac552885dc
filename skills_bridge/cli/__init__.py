"""Commands over the same services as the screens."""
