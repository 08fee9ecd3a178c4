"""How lists are asked for and answered: page by page."""

from marshmallow import fields

from chassis.web.fields import Answer, Integer, Query, Text

MOST = 100


class PageQuery(Query):
    """The parameters of every list."""

    limit = Integer(1, MOST, load_default=50, metadata={"description": "How many items at most."})
    cursor = Text(
        500, least=1, load_default=None, metadata={"description": "`next` of the page before."}
    )


def page_of(item: type[Answer]) -> type[Answer]:
    """The schema of a page of such items."""
    return type(
        f"{item.__name__}Page",
        (Answer,),
        {
            "items": fields.List(fields.Nested(item), required=True),
            "next": fields.String(
                required=True,
                allow_none=True,
                metadata={"description": "Cursor of the next page; null at the end."},
            ),
        },
    )
