"""Files of people brought in."""
