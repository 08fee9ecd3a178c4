"""Import the installed packages first: the folders of the same names would hide them otherwise."""

import chassis  # noqa: F401  # for the order alone
import gateway  # noqa: F401  # for the order alone
import recurrence  # noqa: F401  # for the order alone
