"""The kinds of records: fields, paths and tables, as `schema.sql` has them."""

from __future__ import annotations

from app.model import Field, Resource

RESIDENT = Resource(
    name="resident",
    path="/residents",
    operations=("list", "create", "read", "replace", "delete"),
    fields=(
        Field("name", "text", required=True),
        Field("building", "text", required=True),
        Field("flat", "text"),
        Field("moved_out", "date"),
    ),
    migrations=(
        "CREATE TABLE resident (id INTEGER PRIMARY KEY AUTOINCREMENT,"
        " name TEXT NOT NULL CHECK (name <> '' AND length(name) <= 2000),"
        " building TEXT NOT NULL CHECK (building <> '' AND length(building) <= 2000),"
        " flat TEXT CHECK (length(flat) <= 2000), moved_out TEXT)",
    ),
)
CONTACT = Resource(
    name="contact",
    path="",
    operations=(),
    fields=(
        Field("resident", "reference", required=True, target="resident"),
        Field("email", "text", required=True),
        Field("phone", "text"),
    ),
    migrations=(
        "CREATE TABLE contact (id INTEGER PRIMARY KEY AUTOINCREMENT,"
        " resident INTEGER NOT NULL UNIQUE REFERENCES resident (id) ON DELETE CASCADE,"
        " email TEXT NOT NULL CHECK (email <> '' AND length(email) <= 2000),"
        " phone TEXT CHECK (length(phone) <= 2000))",
    ),
)
ITEM = Resource(
    name="item",
    path="/items",
    operations=("list", "create", "read", "replace", "delete"),
    fields=(
        Field("owner", "reference", required=True, target="resident"),
        Field("name", "text", required=True),
        Field("description", "text"),
        Field("place", "text", required=True),
    ),
    migrations=(
        "CREATE TABLE item (id INTEGER PRIMARY KEY AUTOINCREMENT,"
        " owner INTEGER NOT NULL REFERENCES resident (id) ON DELETE RESTRICT,"
        " name TEXT NOT NULL CHECK (name <> '' AND length(name) <= 2000),"
        " description TEXT CHECK (length(description) <= 2000),"
        " place TEXT NOT NULL CHECK (place <> '' AND length(place) <= 2000))",
        "CREATE INDEX item_owner ON item (owner)",
    ),
)
RESERVATION = Resource(
    name="reservation",
    path="/reservations",
    operations=("list", "read"),
    fields=(
        Field("item", "reference", required=True, target="item"),
        Field("borrower", "reference", required=True, target="resident"),
        Field("first_day", "date", required=True),
        Field("last_day", "date", required=True),
        Field("state", "text", required=True),
        Field("deposit", "money_minor"),
        Field("note", "text"),
    ),
    migrations=(
        "CREATE TABLE reservation (id INTEGER PRIMARY KEY AUTOINCREMENT,"
        " item INTEGER NOT NULL REFERENCES item (id) ON DELETE RESTRICT,"
        " borrower INTEGER NOT NULL REFERENCES resident (id) ON DELETE RESTRICT,"
        " first_day TEXT NOT NULL, last_day TEXT NOT NULL,"
        " state TEXT NOT NULL CHECK"
        " (state IN ('requested', 'approved', 'rejected', 'lent', 'returned', 'cancelled')),"
        " deposit INTEGER CHECK (deposit BETWEEN 0 AND 5000),"
        " note TEXT CHECK (length(note) <= 2000))",
        "CREATE INDEX reservation_item ON reservation (item)",
        "CREATE INDEX reservation_borrower ON reservation (borrower)",
    ),
)
HANDOVER = Resource(
    name="handover",
    path="",
    operations=(),
    fields=(
        Field("reservation", "reference", required=True, target="reservation"),
        Field("stage", "text", required=True),
        Field("side", "text", required=True),
        Field("condition", "text", required=True),
        Field("noted_at", "moment", required=True),
    ),
    migrations=(
        "CREATE TABLE handover (id INTEGER PRIMARY KEY AUTOINCREMENT,"
        " reservation INTEGER NOT NULL REFERENCES reservation (id) ON DELETE CASCADE,"
        " stage TEXT NOT NULL CHECK (stage IN ('out', 'back')),"
        " side TEXT NOT NULL CHECK (side IN ('owner', 'borrower')),"
        " condition TEXT NOT NULL CHECK (condition <> '' AND length(condition) <= 2000),"
        " noted_at TEXT NOT NULL, UNIQUE (reservation, stage, side))",
    ),
)
DAMAGE = Resource(
    name="damage",
    path="",
    operations=(),
    fields=(
        Field("reservation", "reference", required=True, target="reservation"),
        Field("side", "text", required=True),
        Field("text", "text", required=True),
        Field("reported_at", "moment", required=True),
    ),
    migrations=(
        "CREATE TABLE damage (id INTEGER PRIMARY KEY AUTOINCREMENT,"
        " reservation INTEGER NOT NULL REFERENCES reservation (id) ON DELETE CASCADE,"
        " side TEXT NOT NULL CHECK (side IN ('owner', 'borrower')),"
        " text TEXT NOT NULL CHECK (text <> '' AND length(text) <= 2000),"
        " reported_at TEXT NOT NULL)",
        "CREATE INDEX damage_reservation ON damage (reservation)",
    ),
)
PHOTO = Resource(
    name="photo",
    path="",
    operations=(),
    fields=(
        Field("item", "reference", target="item"),
        Field("damage", "reference", target="damage"),
        Field("media_type", "text", required=True),
    ),
    migrations=(
        "CREATE TABLE photo (id INTEGER PRIMARY KEY AUTOINCREMENT,"
        " item INTEGER REFERENCES item (id) ON DELETE CASCADE,"
        " damage INTEGER REFERENCES damage (id) ON DELETE CASCADE,"
        " media_type TEXT NOT NULL CHECK (media_type IN ('image/jpeg', 'image/png')),"
        " CHECK ((item IS NULL) <> (damage IS NULL)))",
        "CREATE INDEX photo_item ON photo (item)",
        "CREATE INDEX photo_damage ON photo (damage)",
    ),
)
MESSAGE = Resource(
    name="message",
    path="/messages",
    operations=("list",),
    fields=(
        Field("reservation", "reference", required=True, target="reservation"),
        Field("kind", "text", required=True),
        Field("recipient", "text", required=True),
        Field("queued_on", "date", required=True),
        Field("sent_at", "moment"),
    ),
    migrations=(
        "CREATE TABLE message (id INTEGER PRIMARY KEY AUTOINCREMENT,"
        " reservation INTEGER NOT NULL REFERENCES reservation (id) ON DELETE CASCADE,"
        " kind TEXT NOT NULL CHECK (kind IN ('due_tomorrow', 'overdue')),"
        " recipient TEXT NOT NULL CHECK (recipient <> '' AND length(recipient) <= 2000),"
        " queued_on TEXT NOT NULL, sent_at TEXT, UNIQUE (reservation, kind))",
    ),
)
# A table stands after those that it refers to.
ALL = (RESIDENT, CONTACT, ITEM, RESERVATION, HANDOVER, DAMAGE, PHOTO, MESSAGE)
