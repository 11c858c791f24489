"""The history of a server's runs: one SQLite file, written while they train, and read after a restart.

Records are written in the background, several times a second, in one transaction each time. The file is in WAL mode. A
killed server loses less than a second of unwritten records, and nothing that was written.
"""

import logging
import sqlite3
import threading
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

from hqnn.environment import HISTORY
from hqnn.errors import HqnnError
from hqnn.jobs.history_tables import (
    COLUMNS,
    NAMES,
    Stored,
    forget_oldest,
    prepare,
    remove,
    row_of,
    stored_in,
    this_process,
)
from hqnn.records import HISTORY as RECORDS
from hqnn.records import HistoryRecord

log = logging.getLogger(__name__)

FILE = "history.sqlite"
#: Seconds between two transactions.
COMMIT_SECONDS = 0.25
#: Seconds between two attempts to write after an error.
RETRY_SECONDS = 2.0
#: Most records that wait for a disk that cannot be written; about 1 kB each. Then the oldest are dropped.
MAX_PENDING = 100_000


class History:
    """Writes in the background, so nothing waits for the disk, and a disk error stops nothing else."""

    def __init__(self, folder: Path | None = None) -> None:
        """
        Args:
            folder: of the file; by default $HQNN_HISTORY, or else the user's own.
        """
        #: Why nothing can be written now, in one sentence.
        self.problem: str | None = None
        self.server = this_process()
        self._runs: dict[str, Stored] = {}
        self._records: dict[tuple[str, int, str], str] = {}
        self._rights: set[tuple[str, str]] = set()
        self._dropped: set[str] = set()
        self._lock = threading.Lock()
        self._wake, self._urgent, self._idle = threading.Event(), threading.Event(), threading.Event()
        self._closing = False
        self._idle.set()
        self._path: Path | None = None
        try:
            self._path = (folder or HISTORY.find()) / FILE
            with self._connection() as connection:
                prepare(connection)
        except (HqnnError, sqlite3.Error, OSError) as error:
            self._fail(error)
            self._wake.set()
        self._writer = threading.Thread(target=self._write_on, name="write-history", daemon=True)
        self._writer.start()

    def put(self, run: Stored) -> None:
        """Write a run without its records."""
        with self._lock:
            self._runs[run.id] = run
            self._idle.clear()
        self._wake.set()

    def add(self, run_id: str, records: Iterable[HistoryRecord]) -> None:
        """Write records of a run. A record replaces an earlier one of the same step and kind."""
        rows = {(run_id, record.step, record.kind): record.model_dump_json() for record in records}
        with self._lock:
            self._records |= rows
            for key in list(self._records)[: max(0, len(self._records) - MAX_PENDING)]:
                del self._records[key]
            self._idle.clear()
        self._wake.set()

    def permit(self, run_id: str, holder: str) -> None:
        """Write that a viewer may control a run (`hqnn.jobs.Jobs.permit`)."""
        with self._lock:
            self._rights.add((run_id, holder))
            self._idle.clear()
        self._wake.set()

    def drop(self, run_id: str) -> None:
        """Remove a run and its records."""
        with self._lock:
            self._runs.pop(run_id, None)
            self._records = {key: text for key, text in self._records.items() if key[0] != run_id}
            self._rights = {right for right in self._rights if right[0] != run_id}
            self._dropped.add(run_id)
            self._idle.clear()
        self._wake.set()

    def holders(self, run_id: str) -> frozenset[str]:
        """Return who may control a run, besides the viewer who started it."""
        return frozenset(holder for (holder,) in self._read("SELECT holder FROM rights WHERE run = ?", run_id))

    def get(self, run_id: str) -> tuple[Stored, list[HistoryRecord]] | None:
        """Return a run with its records in order; None if it is unknown."""
        rows = self._read(f"SELECT {COLUMNS} FROM runs WHERE id = ?", run_id)  # noqa: S608 (names of columns)
        if not rows:
            return None
        said = self._read("SELECT record FROM records WHERE run = ? ORDER BY step, kind DESC", run_id)
        records = RECORDS.validate_json(f"[{','.join(text for (text,) in said)}]")
        kept = self._read("SELECT checkpoint FROM checkpoints WHERE run = ?", run_id)
        return replace(stored_in(self.server, rows[0]), checkpoint=kept[0][0] if kept else None), records

    def of_viewer(self, viewer: str, limit: int) -> list[Stored]:
        """Return a viewer's runs, newest first, without their files."""
        columns = COLUMNS.replace("run_file", "NULL")
        rows = self._read(
            f"SELECT {columns} FROM runs WHERE viewer = ? ORDER BY created DESC LIMIT ?",  # noqa: S608
            viewer,
            limit,
        )
        return [stored_in(self.server, row) for row in rows]

    def holds(self, run_id: str) -> bool:
        """Return whether everything of a run has been written."""
        with self._lock:
            waits = run_id in self._runs or any(run_id == key[0] for key in (*self._records, *self._rights))
            return self.problem is None and not waits

    def flush(self, timeout: float = 2.0) -> bool:
        """Wait until everything has been written, and return whether it has."""
        if self.problem is not None:
            return False
        self._urgent.set()
        return self._idle.wait(timeout)

    def close(self) -> None:
        """Write what waits, and end. Records that cannot be written are lost, and the log names them."""
        self.flush()
        self._closing = True
        self._wake.set()
        self._urgent.set()
        self._writer.join(timeout=10)
        if self._runs or self._records:
            self._write()
        if self._runs or self._records:
            log.error("%d runs and %d records are lost: %s", len(self._runs), len(self._records), self.problem)

    def _write_on(self) -> None:
        while True:
            self._wake.wait()
            if self._closing:
                return
            self._wake.clear()
            self._urgent.clear()
            self._write()
            self._urgent.wait(COMMIT_SECONDS if self.problem is None else RETRY_SECONDS)
            if self.problem is not None:
                self._wake.set()

    def _write(self) -> None:
        with self._lock:
            runs, records = list(self._runs.values()), list(self._records.items())
            rights, dropped = list(self._rights), list(self._dropped)
        try:
            with self._connection() as connection:
                if self.problem is not None:
                    prepare(connection)
                connection.executemany(
                    f"INSERT OR REPLACE INTO runs ({COLUMNS}) VALUES ({', '.join('?' * len(NAMES))})",  # noqa: S608
                    map(row_of, runs),
                )
                connection.executemany(
                    "INSERT OR REPLACE INTO checkpoints VALUES (?, ?)", ((run.id, run.checkpoint) for run in runs)
                )
                connection.executemany(
                    "INSERT OR REPLACE INTO records VALUES (?, ?, ?, ?)", ((*key, text) for key, text in records)
                )
                connection.executemany("INSERT OR IGNORE INTO rights VALUES (?, ?)", rights)
                remove(connection, dropped)
                if runs:
                    forget_oldest(connection)
        except (sqlite3.Error, OSError, HqnnError) as error:
            self._fail(error)
            return
        self.problem = None
        with self._lock:
            for run in runs:
                if self._runs.get(run.id) is run:
                    del self._runs[run.id]
            for key, text in records:
                if self._records.get(key) is text:
                    del self._records[key]
            self._rights.difference_update(rights)
            self._dropped.difference_update(dropped)
            if not (self._runs or self._records or self._rights or self._dropped):
                self._idle.set()

    def _fail(self, error: Exception) -> None:
        sentence = str(error) if self._path is None else str(HISTORY.error(self._path.parent, error))
        if self.problem is None:
            log.error("%s", sentence)
        self.problem = sentence

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        """Return a connection for one transaction. An error undoes it."""
        if self._path is None:
            self._path = HISTORY.find() / FILE
        with closing(sqlite3.connect(self._path, timeout=5)) as connection:
            connection.execute("PRAGMA synchronous = NORMAL")
            with connection:
                yield connection

    def _read(self, query: str, *values: str | int) -> list[tuple]:
        """Return the rows of a query; empty if the file cannot be read."""
        self.flush()
        if self._path is None or not self._path.exists():
            return []
        try:
            with closing(
                sqlite3.connect(f"{self._path.resolve().as_uri()}?mode=ro", uri=True, timeout=5)
            ) as connection:
                return connection.execute(query, values).fetchall()
        except sqlite3.Error as error:
            log.error("the history cannot be read: %s", error)
            return []
