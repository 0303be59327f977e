"""Tables to files that spreadsheets and our own importer read back: pure, without Django."""
