"""Which text PostgreSQL can store."""

import re

# PostgreSQL holds neither NUL nor half of a surrogate pair.
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
