"""From the bytes of a file to observations: read, shape, plan, load, undo.

`read` turns bytes into a table of text cells, `recognise` says what the table means, `plan` matches it to
metrics, `load` writes it in one transaction and `undo` takes it back. The first two know no Django.
"""
