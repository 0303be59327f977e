"""Composition root: the only package that may import all three apps."""
