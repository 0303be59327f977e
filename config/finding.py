"""What can be found by its name: the finders of all apps, in the order in which their hits are shown."""

from alignment import searching
from alignment.queries.finding import FINDERS

for _finder in FINDERS:
    searching.register(_finder)
