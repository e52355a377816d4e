"""Records in SQLite: one connection behind one lock.

Values are always bound. The names that stand in statements come from declarations, which let
identifiers through alone.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from app.model import Field, Resource

BUSY_TIMEOUT_S = 5.0

Record = dict[str, Any]


class StorageError(Exception):
    """The database cannot be used as it is."""


class MissingReference(Exception):
    """A field names a record that does not exist."""

    def __init__(self, field: Field):
        super().__init__(field.name)
        self.field = field


class InUse(Exception):
    """The record cannot go while others refer to it."""


class Storage:
    """The records of all resources. `path` may be `:memory:`."""

    def __init__(self, path: str, resources: Iterable[Resource]):
        self._lock = threading.RLock()
        try:
            self._db = sqlite3.connect(
                path, timeout=BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False
            )
            try:
                self._prepare(resources)
            except BaseException:
                self._db.close()
                raise
        except sqlite3.Error as error:
            raise StorageError(f"{path}: {error}") from error

    def close(self) -> None:
        with self._lock:
            self._db.close()

    def ping(self) -> None:
        """Raises sqlite3.Error when the database does not answer."""
        with self._lock:
            self._db.execute("SELECT 1").fetchone()

    def insert(self, resource: Resource, values: Record) -> int:
        """Adds a record and returns its id. Raises MissingReference."""
        columns = [field.name for field in resource.fields]
        marks = ", ".join("?" for _ in columns)
        statement = f"INSERT INTO {resource.name} ({', '.join(columns)}) VALUES ({marks})"
        with self.transaction() as db:
            self._check_references(resource, values)
            return db.execute(statement, _parameters(resource, values)).lastrowid or 0

    def get(self, resource: Resource, record_id: int) -> Record | None:
        rows = self._select(resource, "WHERE id = ?", record_id)
        return rows[0] if rows else None

    def page(self, resource: Resource, limit: int, after: int = 0) -> list[Record]:
        """At most `limit` records with ids above `after`, oldest first."""
        return self._select(resource, "WHERE id > ? ORDER BY id LIMIT ?", after, limit)

    def rows(self, statement: str, *parameters: Any) -> list[Record]:
        """The rows of a query by column name. The statement is one of ours; values are only ever bound."""
        with self._lock:
            cursor = self._db.execute(statement, parameters)
            names = [column[0] for column in cursor.description]
            return [dict(zip(names, row)) for row in cursor]

    def replace(self, resource: Resource, record_id: int, values: Record) -> bool:
        """Replaces a record's values; False when there is none. Raises MissingReference."""
        changes = ", ".join(f"{field.name} = ?" for field in resource.fields)
        with self.transaction() as db:
            self._check_references(resource, values)
            statement = f"UPDATE {resource.name} SET {changes} WHERE id = ?"
            return db.execute(statement, [*_parameters(resource, values), record_id]).rowcount == 1

    def delete(self, resource: Resource, record_id: int) -> bool:
        """Removes a record; False when there is none. Raises InUse."""
        try:
            with self.transaction() as db:
                return db.execute(f"DELETE FROM {resource.name} WHERE id = ?", [record_id]).rowcount == 1
        except sqlite3.IntegrityError as error:
            raise InUse(resource.name) from error

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """What is read and written inside happens as one, or not at all. Transactions inside join it."""
        with self._lock:
            if self._db.in_transaction:
                yield self._db
                return
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
                self._db.execute("COMMIT")
            except BaseException:
                self._db.execute("ROLLBACK")
                raise

    def _select(self, resource: Resource, clause: str, *parameters: int) -> list[Record]:
        columns = ", ".join(["id", *(field.name for field in resource.fields)])
        return self.rows(f"SELECT {columns} FROM {resource.name} {clause}", *parameters)

    def _check_references(self, resource: Resource, values: Record) -> None:
        for field in resource.fields:
            wanted = values.get(field.name)
            if wanted is None or not field.target:
                continue
            if self._db.execute(f"SELECT 1 FROM {field.target} WHERE id = ?", [wanted]).fetchone() is None:
                raise MissingReference(field)

    def _prepare(self, resources: Iterable[Resource]) -> None:
        self._db.execute("PRAGMA foreign_keys = ON")
        self._db.execute("PRAGMA journal_mode = WAL")
        self._migrate(resources)

    def _migrate(self, resources: Iterable[Resource]) -> None:
        with self.transaction() as db:
            db.execute("CREATE TABLE IF NOT EXISTS schema_migrations (name TEXT PRIMARY KEY, statement TEXT NOT NULL)")
            done = dict(db.execute("SELECT name, statement FROM schema_migrations"))
            for resource in resources:
                for number, statement in enumerate(resource.migrations, start=1):
                    self._apply(f"{resource.name}/{number}", statement, done)

    def _apply(self, name: str, statement: str, done: dict[str, str]) -> None:
        if name not in done:
            self._db.execute(statement)
            self._db.execute("INSERT INTO schema_migrations VALUES (?, ?)", [name, statement])
        elif done[name] != statement:
            raise StorageError(f"migration {name} differs from the one that made this database; add a new one")


def _parameters(resource: Resource, values: Record) -> list[Any]:
    return [values[field.name] for field in resource.fields]

