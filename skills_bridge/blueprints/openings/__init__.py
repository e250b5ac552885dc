"""Openings on screen: written by companies, judged by the agency, read by the association."""
