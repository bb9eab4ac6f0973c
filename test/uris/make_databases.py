"""Writes SQLite databases into a folder, and what SQLite reads from them as JSON."""

import json
import os
import random
import shutil
import sqlite3
import sys

folder = sys.argv[1]
random.seed(7)


def rows(count):
    for index in range(count):
        size = random.choice([0, 1, 20, 200, 500, 5000, 70000 if index % 97 == 0 else 3])
        text = "".join(random.choice("abcé😀'\"") for _ in range(size))
        number = random.choice([None, 0, 1, -1, 127, -129, 2**15, -(2**23), 2**31, 2**47, 2**53, 1.5])
        yield (f"id-{index}", text or None, number)


def fill(connection, count):
    connection.execute(
        'CREATE TABLE "things" (id VARCHAR(32) NOT NULL, "text" TEXT DEFAULT (\'a,(b\'), `number` NUMERIC(10, 2), '
        "CONSTRAINT pk PRIMARY KEY (id), CHECK (id != ','))"
    )
    connection.executemany("INSERT INTO things VALUES (?, ?, ?)", rows(count))
    connection.execute("ALTER TABLE things ADD COLUMN late TEXT")
    connection.execute("UPDATE things SET late = id WHERE rowid % 3 = 0")
    connection.execute("DELETE FROM things WHERE rowid % 5 = 0")
    connection.commit()


expected = {}
for name, page, count in [("small", 512, 300), ("usual", 4096, 3000), ("big", 65536, 500), ("one", 4096, 1)]:
    connection = sqlite3.connect(os.path.join(folder, f"{name}.db"))
    connection.execute(f"PRAGMA page_size = {page}")
    fill(connection, count)
    expected[name] = connection.execute("SELECT id, text, number, late FROM things").fetchall()
    connection.close()

# A database whose last transactions stand in its write-ahead log only.
connection = sqlite3.connect(os.path.join(folder, "live.db"))
connection.execute("PRAGMA journal_mode = WAL")
connection.execute("PRAGMA wal_autocheckpoint = 0")
fill(connection, 500)
connection.execute("PRAGMA wal_checkpoint(RESTART)")
connection.execute("UPDATE things SET text = 'after'")
connection.commit()
expected["wal"] = connection.execute("SELECT id, text, number, late FROM things").fetchall()
for end in ["", "-wal"]:
    shutil.copy(os.path.join(folder, f"live.db{end}"), os.path.join(folder, f"wal.db{end}"))
connection.close()
with open(os.path.join(folder, "expected.json"), "w") as file:
    json.dump(expected, file)
