"""Import the installed packages first: the folders of the same names would hide them otherwise."""

import chassis  # noqa: F401
import gateway  # noqa: F401
import recurrence  # noqa: F401
