"""The lists the product ships: territory, education, contracts, and its own automotive framework in three languages."""
