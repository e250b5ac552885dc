"""Outside systems, each behind a protocol."""
