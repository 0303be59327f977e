"""Every pattern of the resolver with one real address of the small company; a new pattern without a line here fails.

One module for each place. `OF_THE_COMPANY` are pages that every role may read and that show something of the company;
`RESTRICTED` are forms and acts of some roles, whose own tests say of which; `OPEN` need no sign-in.
"""

from tests.alignment.views.addresses import imports, metrics, objectives, portfolio, shell, why

_PLACES = (shell, objectives, portfolio, metrics, imports, why)

OF_THE_COMPANY: dict[str, str] = {}
RESTRICTED: dict[str, str] = {}
OPEN: dict[str, str] = shell.OPEN
for _place in _PLACES:
    OF_THE_COMPANY |= _place.OF_THE_COMPANY
    RESTRICTED |= _place.RESTRICTED
ADDRESSES = OF_THE_COMPANY | RESTRICTED | OPEN
