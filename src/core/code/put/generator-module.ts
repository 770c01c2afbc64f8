/**
 * A Python module that makes ULIDs, for a system that has nothing else to make them with: no published package exports
 * `generate` (SYSTEMS 3). Python's standard library only. Its text is tested by Python itself.
 */
import type { LetterCase } from '../../identifiers/crockford.ts'
import { crockfordAlphabet } from '../../identifiers/crockford.ts'

export const generatorFile = 'ulid_generate.py'
export const generatorName = 'generate'

/** By its first line a module of ours is known again. */
const mark = '"""ULIDs, made by the specification: https://github.com/ulid/spec'

export function isGeneratorModule(text: string): boolean {
  return text.startsWith(mark)
}

export function generatorModule(letterCase: LetterCase): string {
  return `${mark}

48 bits of time in milliseconds and 80 bits of randomness, as 26 digits of Crockford's base 32. Each is greater
than the one before it in the same process: within a millisecond the random part counts up by one, and when the
clock goes back, the time stands still until it has caught up. Put here by ulid-migrate; it may be edited.
"""

from __future__ import annotations

import os
import threading
import time

_DIGITS = "${crockfordAlphabet[letterCase]}"
_TIME_END = 1 << 48
_RANDOM_END = 1 << 80

_lock = threading.Lock()
_last_time = -1
_last_random = 0


def generate() -> str:
    """Make a ULID for now; OverflowError where a millisecond, or the time itself, has none left."""
    global _last_time, _last_random
    with _lock:
        now = time.time_ns() // 1_000_000
        if now > _last_time:
            at, random = now, int.from_bytes(os.urandom(10), "big")
        else:
            at, random = _last_time, _last_random + 1
        if not 0 <= at < _TIME_END:
            raise OverflowError(f"No ULID holds the time {at}")
        if random >= _RANDOM_END:
            raise OverflowError(f"No ULID is left in millisecond {at}")
        _last_time, _last_random = at, random
    number = at << 80 | random
    return "".join(_DIGITS[number >> shift & 31] for shift in range(125, -1, -5))


def _start_anew() -> None:
    # A forked child would count up from where its parent does, and make the same.
    global _lock, _last_time
    _lock = threading.Lock()
    _last_time = -1


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_start_anew)
`
}
