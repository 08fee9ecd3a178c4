"""RULES: find sessions near a point.

Boxes find the candidates, the exact great circle decides. It is asked about the point that the viewer may
see, so that no one finds out an exact location by measuring from several sides. Boxes that are asked about
another point are a little wider.

    pages       pages of what is found; the first one of strangers is kept
    wanted      what can be looked for
    matching    which statement that needs, and what it is bound to
    statements  the statements
    filters     which sessions they leave out
"""
