"""What matching reads, and what its pages show."""
