"""Doors for people: parse the address, one read or one verb, answer."""
