"""The frozen month: files, visas, publication."""
