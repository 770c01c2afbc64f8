import { expect, test } from 'vitest'
import { updated } from './updated.ts'

test('the import goes behind the docstring, the future and the imports of other packages', () => {
  const code = `#!/usr/bin/env python3
"""What this is."""

from __future__ import annotations

import os
import uuid

from .near import thing

JOB_ID = str(uuid.uuid4())
`
  expect(updated(code)).toBe(`#!/usr/bin/env python3
"""What this is."""

from __future__ import annotations

import os
from dhruva import generate

from .near import thing

JOB_ID = generate()
`)
})

test('without other imports it stands alone behind the docstring', () => {
  expect(
    updated('"""Doc."""\n\ndef f(t):\n    import uuid\n    row_id = str(uuid.uuid4())\n    return row_id\n'),
  ).toBe(
    '"""Doc."""\n\nfrom dhruva import generate\n\ndef f(t):\n    row_id = generate()\n    return row_id\n',
  )
  expect(updated('def f(timestamp):\n    row_id = f"x_{timestamp}"\n    return row_id\n')).toBe(
    'from dhruva import generate\n\ndef f(timestamp):\n    row_id = generate()\n    return row_id\n',
  )
})

test('an import that is there is used, by the name it has', () => {
  const code =
    'import uuid\nfrom dhruva import generate as make\n\nold_id = make()\nnew_id = str(uuid.uuid4())\n'
  expect(updated(code)).toBe('from dhruva import generate as make\n\nold_id = make()\nnew_id = make()\n')
})

test('a name that is taken is left to whom it belongs', () => {
  const code = 'import uuid\n\n\ndef generate():\n    return 1\n\n\njob_id = str(uuid.uuid4())\n'
  expect(updated(code)).toContain('from dhruva import generate as generate_ulid\n')
  expect(updated(code)).toContain('job_id = generate_ulid()')
})

test('names that nothing uses any more are taken out of their imports, and no others', () => {
  const with_ = (imports: string, rest = '') => updated(`${imports}\n\njob_id = str(uuid4())\n${rest}`)
  expect(with_('from uuid import UUID, uuid4', 'x: UUID\n')).toContain('from uuid import UUID\n')
  expect(with_('from uuid import uuid4, UUID', 'x: UUID\n')).toContain('from uuid import UUID\n')
  expect(with_('from uuid import (\n    UUID,\n    uuid4,\n)', 'x: UUID\n')).toContain(
    'from uuid import (\n    UUID,\n)\n',
  )
  expect(with_('from uuid import (\n    uuid4,\n    UUID,\n)', 'x: UUID\n')).toContain(
    'from uuid import (\n    UUID,\n)\n',
  )
  expect(with_('from uuid import uuid4', 'other = uuid4()\n')).toContain('from uuid import uuid4\n')
  expect(with_('from uuid import uuid4', '__all__ = ["uuid4"]\n')).toContain('from uuid import uuid4\n')
  expect(with_('from uuid import uuid4  # noqa: F401')).toContain('from uuid import uuid4  # noqa: F401\n')
})

test('a package hands its imports on: none are taken out of __init__.py', () => {
  expect(updated('from uuid import uuid4\n\njob_id = str(uuid4())\n', 'pkg/__init__.py')).toContain(
    'from uuid import uuid4\n',
  )
})

test('line ends, byte order mark, characters outside the plane and comments stay, to the byte', () => {
  const code = '\uFEFFimport uuid\r\n\r\n# 😀 é\r\njob_id  =  str( uuid.uuid4() )   # why  \r\nname = "😀"'
  expect(updated(code)).toBe(
    '\uFEFFfrom dhruva import generate\r\n\r\n# 😀 é\r\njob_id  =  generate()   # why  \r\nname = "😀"',
  )
})

test('a class of another package makes an object, which is made a text', () => {
  const ulid = { module: 'ulid', name: 'ULID' }
  expect(updated('import uuid\n\njob_id = str(uuid.uuid4())\n', 'a.py', ulid)).toBe(
    'from ulid import ULID\n\njob_id = str(ULID())\n',
  )
})

test('what was updated is found up to date', () => {
  const once = updated('import uuid\n\njob_id = str(uuid.uuid4())\nlock_id = str(uuid.uuid4())\n')
  expect(updated(once)).toBe(once)
  expect(once).toContain('lock_id = str(uuid.uuid4())')
})

test('a comment behind a name goes with the name, and an empty line with the import that was above it', () => {
  const text = `from uuid import (
    UUID,
    uuid4,  # random
)


def create():
    import uuid

    job_id = str(uuid.uuid4())
    run_id = str(uuid4())
    return job_id, run_id, UUID
`
  expect(updated(text)).toBe(`from uuid import (
    UUID,
)
from dhruva import generate


def create():
    job_id = generate()
    run_id = generate()
    return job_id, run_id, UUID
`)
})
