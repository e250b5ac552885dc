"""A view translates: HTTP and forms on one side, one service or query call on the other."""
