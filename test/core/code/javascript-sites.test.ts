// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these texts are source code
import { expect, test } from 'vitest'
import { lookedAt, updated, verdicts } from './updated.ts'

const ulid = { module: 'ulid', name: 'ulid' }
const head =
  "import { createHash, randomUUID } from 'node:crypto'\nimport { nanoid } from 'nanoid'\nimport { v4 as uuidv4, v5 } from 'uuid'\n\n"
const change = (text: string, name = 'jobs.ts') => updated(text, name, ulid)
const after = (code: string) => change(`${head}${code}\n`).trimEnd().split('\n').at(-1)

test.each([
  ['const jobId = randomUUID()', 'const jobId = ulid()'],
  ['const jobId = crypto.randomUUID().slice(0, 8)', 'const jobId = ulid()'],
  ['const jobId: string = uuidv4()', 'const jobId: string = ulid()'],
  ['save({ id: nanoid(12), name })', 'save({ id: ulid(), name })'],
  ['this.runId = given ?? uuidv4()', 'this.runId = given ?? ulid()'],
  ['const eventId = `evt_${uuidv4()}`', 'const eventId = ulid()'],
  ['const sessionId = `${project}-${Date.now()}`', 'const sessionId = ulid()'],
  ['const newId = () => crypto.randomUUID()', 'const newId = () => ulid()'],
  [
    "const jobs = table('jobs', { id: text('id').$defaultFn(() => uuidv4()) })",
    "const jobs = table('jobs', { id: text('id').$defaultFn(() => ulid()) })",
  ],
  ['const rowId = Math.random().toString(36).slice(2)', 'const rowId = ulid()'],
  ["const rowId = createHash('md5').update(`${text}${Date.now()}`).digest('hex')", 'const rowId = ulid()'],
])('an id of chance or time becomes a ULID: %s', (code, expected) => {
  expect(after(code)).toBe(expected)
})

test.each([
  ['const lockId = randomUUID()', 'leave'],
  ['const requestId = randomUUID()', 'leave'],
  ['openConnection(uuidv4())', 'leave'],
  ["const groupId = createHash('md5').update(name).digest('hex')", 'ask'],
  ['const linkId = v5(name, space)', 'ask'],
  ['const graphId = `${repo}:${commit}`', 'ask'],
  ['const metricId = `metric_${resultId}_${name}`', 'leave'],
  ['const suffix = nanoid(4)', 'ask'],
])('what names no row is left, what only its owner can decide is asked about: %s', (code, verdict) => {
  expect(verdicts(`${head}${code}\n`, 'jobs.ts').map(each => each.split(' ')[1])).toEqual([verdict])
  expect(after(code)).toBe(code)
})

test('imports are added where the others are, in their form, and unused ones go', () => {
  expect(
    change(
      "import fs from 'node:fs'\nimport { randomUUID, hash } from 'node:crypto'\n\nexport const jobId = randomUUID()\nhash(fs)\n",
    ),
  ).toBe(
    "import fs from 'node:fs'\nimport { hash } from 'node:crypto'\nimport { ulid } from 'ulid'\n\nexport const jobId = ulid()\nhash(fs)\n",
  )
  expect(
    change(
      'const fs = require("fs");\nconst { v4: uuidv4 } = require("uuid");\n\nconst jobId = uuidv4();\n',
      'jobs.js',
    ),
  ).toBe('const fs = require("fs");\nconst { ulid } = require("ulid");\n\nconst jobId = ulid();\n')
  expect(
    change(
      '#!/usr/bin/env node\n// About this.\nconst jobId = crypto.randomUUID()\nexport { jobId }\n',
      'jobs.mjs',
    ),
  ).toBe(
    "#!/usr/bin/env node\n// About this.\nimport { ulid } from 'ulid'\n\nconst jobId = ulid()\nexport { jobId }\n",
  )
  const taken =
    "import { ulid as make } from 'ulid'\nconst jobId = crypto.randomUUID()\nconst ulid = make()\n"
  expect(change(taken)).toBe(taken.replace('crypto.randomUUID()', 'make()'))
})

test('variables that only went into the id go with it', () => {
  const code = `import { randomUUID } from 'node:crypto'

export function start(given?: string) {
  const timestamp = Date.now()
  const part = randomUUID().slice(0, 8)
  const jobId = given ?? \`job_\${timestamp}_\${part}\`
  return jobId
}
`
  expect(change(code)).toBe(`import { ulid } from 'ulid'

export function start(given?: string) {
  const jobId = given ?? ulid()
  return jobId
}
`)
})

test('JSX, types and generics are understood, and a second update finds nothing', () => {
  const view =
    "import { useState } from 'react'\n\nexport const Row = <T,>({ id = crypto.randomUUID() }: { id?: string }) => <li key={id}>{useState<T>()}</li>\n"
  const once = change(view, 'row.tsx')
  expect(once).toContain('{ id = ulid() }')
  expect(change(once, 'row.tsx')).toBe(once)
})

test.each([
  ['uuid-pattern', 'const ok = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(x)'],
  ['length', 'const ok = jobId.length === 36'],
  ['uuid-type', 'const schema = z.object({ id: z.string().uuid() })'],
  ['lower-case', 'const ok = /^[0-7][0-9a-hjkmnp-tv-z]{25}$/.test(x)'],
  ['part-of-id', "const part = sessionId.split('-')[0]"],
])('what would not take a ULID is found: %s in %s', (rule, code) => {
  expect(lookedAt(`${head}${code}\n`, 'jobs.ts').validators.map(each => each.rule)).toEqual([rule])
})
