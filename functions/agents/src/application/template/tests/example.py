# Composed by rules. No licence is stated.
"""A resource that only the tests know, with a field of every kind."""

from app.model import Field, Resource

OWNER = Resource(
    name="example_owner",
    path="/example-owners",
    label="Example owner",
    plural="Example owners",
    operations=("list", "create", "read", "replace", "delete"),
    fields=(Field("name", "text", "Name", required=True),),
    migrations=("CREATE TABLE example_owner (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL)",),
)
THING = Resource(
    name="example_thing",
    path="/example-things",
    label="Example thing",
    plural="Example things",
    operations=("list", "create", "read", "replace", "delete"),
    fields=(
        Field("title", "text", "Title", required=True, reason="Shown first."),
        Field("count", "integer", "Count"),
        Field("done", "boolean", "Done"),
        Field("due", "date", "Due"),
        Field("at", "moment", "At"),
        Field("price", "money_minor", "Price"),
        Field("owner", "reference", "Owner", target="example_owner"),
    ),
    migrations=(
        "CREATE TABLE example_thing (id INTEGER PRIMARY KEY AUTOINCREMENT, title TEXT NOT NULL, count INTEGER,"
        " done INTEGER, due TEXT, at TEXT, price INTEGER, owner INTEGER REFERENCES example_owner (id))",
    ),
)
EXAMPLES = (OWNER, THING)
