"""The tables of the history, and a run as a row."""

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, fields, replace

import psutil
from pydantic import TypeAdapter

from hqnn.config import RunConfig
from hqnn.records import Evaluation
from hqnn.states import State

#: Version of the tables below. A file of another version is not touched.
VERSION = 1
#: Most runs and bytes of the file. Beyond them, the oldest ended runs are removed.
MAX_RUNS = 1000
MAX_BYTES = 2_000_000_000

TABLES = """
CREATE TABLE IF NOT EXISTS runs (
    id TEXT PRIMARY KEY, key TEXT NOT NULL, viewer TEXT NOT NULL, server TEXT NOT NULL, created REAL NOT NULL,
    config TEXT NOT NULL, state TEXT NOT NULL, seconds REAL NOT NULL, attempts INTEGER NOT NULL,
    note TEXT, error TEXT, details TEXT, evaluation TEXT, run_file BLOB
);
CREATE TABLE IF NOT EXISTS records (
    run TEXT NOT NULL, step INTEGER NOT NULL, kind TEXT NOT NULL, record TEXT NOT NULL, PRIMARY KEY (run, step, kind)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS checkpoints (run TEXT PRIMARY KEY, checkpoint BLOB);
CREATE TABLE IF NOT EXISTS rights (
    run TEXT NOT NULL, holder TEXT NOT NULL, PRIMARY KEY (run, holder)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS by_viewer ON runs (viewer, created);
CREATE INDEX IF NOT EXISTS by_age ON runs (created);
"""

ACTIVE = tuple(str(state) for state in State if state.active)
MARKS = ", ".join("?" * len(ACTIVE))
EVALUATION: TypeAdapter[Evaluation | None] = TypeAdapter(Evaluation | None)


@dataclass(frozen=True)
class Stored:
    """A run in the history, without its records."""

    id: str
    #: Hash of the key in a link that controls it (`hqnn.jobs.job.Job.key`).
    key: str
    viewer: str
    #: The server of the run.
    server: str
    #: Seconds since 1970.
    created: float
    config: RunConfig
    state: State
    seconds: float = 0.0
    attempts: int = 0
    note: str | None = None
    error: str | None = None
    details: str | None = None
    evaluation: Evaluation | None = None
    run_file: bytes | None = field(default=None, repr=False)
    #: In its own table, which older files lack.
    checkpoint: bytes | None = field(default=None, repr=False)


NAMES = tuple(column.name for column in fields(Stored) if column.name != "checkpoint")
COLUMNS = ", ".join(NAMES)


def is_alive(server: str) -> bool:
    """Return whether the server process of a name still runs."""
    pid, _, started = server.partition(":")
    try:
        return abs(psutil.Process(int(pid)).create_time() - float(started)) < 1
    except (psutil.Error, ValueError):
        return False


def this_process() -> str:
    process = psutil.Process()
    return f"{process.pid}:{process.create_time()}"


def row_of(run: Stored) -> tuple:
    values = asdict(replace(run, config=None, evaluation=None))  # pyright: ignore[reportArgumentType]
    values["config"], values["state"] = run.config.model_dump_json(), str(run.state)
    values["evaluation"] = EVALUATION.dump_json(run.evaluation).decode()
    return tuple(values[name] for name in NAMES)


def forget_oldest(connection: sqlite3.Connection) -> None:
    """Remove the oldest ended runs beyond the limits of number and bytes."""
    (runs,) = connection.execute("SELECT count(*) FROM runs").fetchone()
    pages, free, size = (
        connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "freelist_count", "page_size")
    )
    too_many = max(runs - MAX_RUNS, 1 if (pages - free) * size > MAX_BYTES else 0)
    if too_many <= 0:
        return
    oldest = connection.execute(
        f"SELECT id FROM runs WHERE state NOT IN ({MARKS}) ORDER BY created LIMIT ?",  # noqa: S608
        (*ACTIVE, too_many),
    ).fetchall()
    remove(connection, [run_id for (run_id,) in oldest])


def remove(connection: sqlite3.Connection, run_ids: Iterable[str]) -> None:
    """Remove runs and everything that belongs to them."""
    rows = [(run_id,) for run_id in run_ids]
    for table, column in (("records", "run"), ("checkpoints", "run"), ("rights", "run"), ("runs", "id")):
        connection.executemany(f"DELETE FROM {table} WHERE {column} = ?", rows)  # noqa: S608


def prepare(connection: sqlite3.Connection) -> None:
    """Create the tables, and mark active runs of ended servers as interrupted."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version not in (0, VERSION):
        raise sqlite3.DatabaseError(f"it was written by another version of hqnn (format {version}, not {VERSION})")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.executescript(TABLES)
    connection.execute(f"PRAGMA user_version = {VERSION}")
    servers = connection.execute(f"SELECT DISTINCT server FROM runs WHERE state IN ({MARKS})", ACTIVE).fetchall()  # noqa: S608
    for (server,) in servers:
        if not is_alive(server):
            connection.execute(
                f"UPDATE runs SET state = ? WHERE server = ? AND state IN ({MARKS})",  # noqa: S608
                (str(State.INTERRUPTED), server, *ACTIVE),
            )


def stored_in(server: str, row: tuple) -> Stored:
    """Return the run of a row. An active run of an ended server is interrupted."""
    values = dict(zip(NAMES, row, strict=True))
    values["config"] = RunConfig(**json.loads(values["config"]))
    values["state"] = State(values["state"])
    values["evaluation"] = EVALUATION.validate_json(values["evaluation"] or "null")
    stored = Stored(**values)
    if stored.state.active and stored.server != server and not is_alive(stored.server):
        return replace(stored, state=State.INTERRUPTED)
    return stored
