"""People sent to openings: the agency's call list, the company's answers."""
