# Composed by rules. No licence is stated.
"""Storage on disk: what was written stays, and a changed schema is noticed."""

import tempfile
import unittest
from dataclasses import replace
from pathlib import Path

from app.storage import Storage, StorageError
from tests.example import EXAMPLES, OWNER


class TestStorage(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = str(Path(folder.name) / "records.sqlite3")

    def test_records_stay_after_a_restart(self):
        first = Storage(self.path, EXAMPLES)
        record_id = first.insert(OWNER, {"name": "Ada"})
        first.close()
        second = Storage(self.path, EXAMPLES)
        self.addCleanup(second.close)
        self.assertEqual(second.get(OWNER, record_id), {"id": record_id, "name": "Ada"})

    def test_a_new_migration_is_applied_to_a_database_that_exists(self):
        Storage(self.path, EXAMPLES).close()
        index = "CREATE INDEX example_owner_name ON example_owner (name)"
        grown = replace(OWNER, migrations=OWNER.migrations + (index,))
        for _ in range(2):
            Storage(self.path, [grown]).close()

    def test_a_migration_that_was_edited_is_refused(self):
        Storage(self.path, EXAMPLES).close()
        edited = replace(OWNER, migrations=("CREATE TABLE example_owner (id INTEGER PRIMARY KEY)",))
        with self.assertRaisesRegex(StorageError, "example_owner/1 differs"):
            Storage(self.path, [edited])

    def test_what_is_no_database_is_refused(self):
        Path(self.path).write_text("not a database, but long enough to be taken for one" * 10)
        with self.assertRaises(StorageError):
            Storage(self.path, EXAMPLES)
