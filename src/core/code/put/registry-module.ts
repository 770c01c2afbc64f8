/**
 * A Python module that gives each natural key one ULID, and the same again whenever and wherever it is asked: what a graph
 * whose entities are known by `user:alice` needs, for it drops what it knows already by the id (SYSTEMS 3, Akosha's
 * trap). Python's standard library only, and the system's own generator.
 */
import { existsSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { precondition } from '../../message.ts'
import { inShell } from '../../shell.ts'
import { callOf, type Source } from '../change-file.ts'
import { moduleOf } from './module-name.ts'

export const registryFile = 'natural_keys.py'

const mark = '"""One ULID for each natural key'

/** The registry of a tree: one that is there, or goes beside the first file that needs it. */
export interface Registry {
  readonly path: string
  readonly module: string
  /** What is to be written there; null where it is there. */
  readonly text: string | null
}

export function isRegistry(path: string): boolean {
  return basename(path) === registryFile && existsSync(path) && readFileSync(path, 'utf8').startsWith(mark)
}

/** @param known one of ours that the tree has already; there must never be two */
export function registryBeside(
  file: string,
  known: string | undefined,
  folder: string,
  sources: readonly string[],
  generator: Source,
): Registry {
  const path = known ?? join(dirname(file), registryFile)
  const module = moduleOf(path, folder, sources)
  if (known !== undefined) return { path, module, text: null }
  if (existsSync(path))
    throw precondition(
      'CODE.MODULE_TAKEN',
      path,
      'There is a module of that name already.',
      'It was not put there by this program.',
      inShell`Move it away: ${path}`,
    )
  return { path, module, text: registryModule(applicationOf(path, module), generator) }
}

/** What its keys belong to: its package, else its folder. */
function applicationOf(path: string, module: string): string {
  const name = module.includes('.') ? module.split('.')[0]! : basename(dirname(path))
  return name.replaceAll(/\W/g, '_')
}

function registryModule(application: string, { module, name }: Source): string {
  const variable = `${application.toUpperCase()}_NATURAL_KEYS`
  return `${mark}: the same key has the same ULID, in every process, for good.

The pairs are kept in a SQLite file: $${variable}, else natural_keys.sqlite in ${application}'s folder of
$XDG_DATA_HOME. Whoever loses that file gets new ULIDs for old keys: back it up with the data that holds the ULIDs.
Put here by ulid-migrate; it may be edited.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

from ${module} import ${name}

_lock = threading.Lock()
_ulids: dict[str, str] = {}


def ulid_for(key: str) -> str:
    """The ULID of a natural key; a key that is new gets one, and a ULID of these stays as it is."""
    known = _ulids.get(key)
    if known is not None:
        return known
    with _lock, closing(_connect()) as connection:
        connection.execute("BEGIN IMMEDIATE")  # two processes must not both find it new
        row = connection.execute("SELECT ulid FROM natural_key WHERE key = ?1 OR ulid = ?1", (key,)).fetchone()
        if row is None:
            row = (${callOf(name, name)},)
            connection.execute("INSERT INTO natural_key (key, ulid) VALUES (?, ?)", (key, *row))
        connection.execute("COMMIT")
        return _ulids.setdefault(key, row[0])


def known_ulid(entity_id: str) -> str:
    """The ULID of a natural key that has one; whatever else is asked for stays as it is."""
    known = _ulids.get(entity_id)
    if known is not None:
        return known
    with _lock, closing(_connect()) as connection:
        row = connection.execute("SELECT ulid FROM natural_key WHERE key = ?", (entity_id,)).fetchone()
    return entity_id if row is None else _ulids.setdefault(entity_id, row[0])


def key_of(ulid: str) -> str | None:
    """The natural key of a ULID, or None where it is not one of these."""
    with _lock, closing(_connect()) as connection:
        row = connection.execute("SELECT key FROM natural_key WHERE ulid = ?", (ulid,)).fetchone()
    return None if row is None else row[0]


def registry_path() -> Path:
    """The file that holds the pairs."""
    named = os.environ.get("${variable}")
    if named:
        return Path(named)
    data = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(data) / "${application}" / "natural_keys.sqlite"


def _connect() -> sqlite3.Connection:
    path = registry_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(path, timeout=30, isolation_level=None)
    connection.execute(
        "CREATE TABLE IF NOT EXISTS natural_key ("
        "key TEXT NOT NULL PRIMARY KEY, ulid TEXT NOT NULL UNIQUE COLLATE NOCASE) WITHOUT ROWID"
    )
    return connection
`
}
