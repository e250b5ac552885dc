"""The journal of acts, and the outcome of its verification."""
