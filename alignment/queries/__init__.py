"""What pages show, as frozen dataclasses: read in a constant number of queries, nothing written, no clock read."""
