import { expect, test } from 'vitest'
import { lookedAt, updated, verdicts } from './updated.ts'

const head = 'import hashlib, time, uuid\nfrom datetime import UTC, datetime\nfrom uuid import uuid4\n\n\n'
const line = (code: string) => verdicts(`${head}${code}\n`).map(each => each.replace(/^\d+ /, ''))
const after = (code: string) => updated(`${head}${code}\n`).trimEnd().split('\n').at(-1)

test.each([
  ['job_id = str(uuid.uuid4())', 'job_id = generate()'],
  ['job_id = uuid4().hex', 'job_id = generate()'],
  ['job_id = str(uuid.uuid4())[:8]', 'job_id = generate()'],
  ['job_id = uuid.uuid4().hex[:26]', 'job_id = generate()'],
  ['job_id = str(uuid4()).replace("-", "").upper()', 'job_id = generate()'],
  ['self.run_id = run_id or uuid4().hex', 'self.run_id = run_id or generate()'],
  ['run_id = given if given else str(uuid4())', 'run_id = given if given else generate()'],
  ['row["event_id"] = f"err-{uuid.uuid4().hex[:8]}"', 'row["event_id"] = generate()'],
  ['save({"id": str(uuid4())})', 'save({"id": generate()})'],
  ['save(event_id="evt_" + uuid4().hex)', 'save(event_id=generate())'],
  [
    'id: str = field(default_factory=lambda: f"issue_{uuid4().hex}")',
    'id: str = field(default_factory=lambda: generate())',
  ],
  ['session_id = f"{project}-{datetime.now().strftime(\'%Y%m%d-%H%M%S\')}"', 'session_id = generate()'],
  ['session_id = f"{event.name}-{timestamp}"', 'session_id = generate()'],
  ['result_id = f"cj_{int(start_time * 1000)}"', 'result_id = generate()'],
  [
    'conv_id = hashlib.md5(f"{text}_{time.time()}".encode(), usedforsecurity=False).hexdigest()',
    'conv_id = generate()',
  ],
])('an id of chance or time becomes a ULID: %s', (code, expected) => {
  expect(after(code)).toBe(expected)
  expect(line(code).every(each => each.startsWith('change'))).toBe(true)
})

test.each([
  ['lock_id = str(uuid4())', 'a lock'],
  ['acquire_lock(uuid4().hex)', 'a lock'],
  ['self.connection_id = str(uuid4())', 'a connection'],
  ['tmp = f"{uuid4().hex}"', 'a temporary file'],
  ['correlation_id = uuid.uuid4().hex[:8]', 'a log'],
  ['cache_id = hashlib.sha256(query.encode()).hexdigest()', 'a cache'],
  ['token_id = uuid4().hex', 'unguessable'],
  ['metric_id = f"metric_{result_id}_{name}"', 'its parent, result_id'],
  ['note = f"see /var/{uuid4().hex}.md"', 'a longer text'],
])('what names no row, or follows its parent, is shown and left: %s', (code, why) => {
  const { sites } = lookedAt(`${head}${code}\n`)
  expect(sites).toHaveLength(1)
  expect(sites[0]).toMatchObject({ verdict: 'leave' })
  expect(sites[0]!.why).toContain(why)
  expect(after(code)).toBe(code)
})

test.each([
  ['group_id = hashlib.md5(name.encode()).hexdigest()', 'the same content gets the same id'],
  ['graph_id = f"{repo}:{commit}"', 'natural key'],
  ['link_id = str(uuid.uuid5(uuid.NAMESPACE_DNS, name))', 'the same content gets the same id'],
  ['order_id = uuid.uuid4()', 'as an object'],
  ['suffix = uuid4().hex[:4]', 'does not tell'],
  ['wf_id = f"wf_{uuid4().hex[:8]}_{name}"', 'which a ULID does not tell'],
  ['part_id = f"{job_id}_{uuid4().hex[:8]}"', 'the id of another row'],
])('what only its owner can decide is asked about: %s', (code, why) => {
  const { sites } = lookedAt(`${head}${code}\n`)
  expect(sites.map(site => site.verdict)).toEqual(['ask'])
  expect(sites[0]!.why).toContain(why)
  expect(after(code)).toBe(code)
})

test.each([
  'checksum = x',
  'size = len(str(uuid))',
  'message = f"Done at {datetime.now().isoformat()}"',
  'name = f"{first} {last}"',
])('what is no id is no site: %s', code => expect(line(code)).toEqual([]))

test('names are followed to what was imported, whatever they are called here', () => {
  expect(updated('from uuid import uuid4 as fresh\n\njob_id = str(fresh())\n')).toBe(
    'from dhruva import generate\n\njob_id = generate()\n',
  )
  expect(updated('import uuid as u\n\njob_id = u.uuid4().hex\n')).toContain('job_id = generate()')
  expect(verdicts('from mine import uuid4\n\njob_id = str(uuid4())\n')).toEqual([])
})

test('variables that only went into the id go with it, and those with another use stay', () => {
  const code = (use: string) => `import uuid
from datetime import UTC, datetime


def start(self, job_id=None):
    now = datetime.now(UTC)
    timestamp = now.strftime("%Y%m%d_%H%M%S")
    unique_id = uuid.uuid4().hex[:8]
    self.job_id = job_id or f"job_{timestamp}_{unique_id}"
${use}`
  expect(updated(code(''))).toBe(`from dhruva import generate


def start(self, job_id=None):
    self.job_id = job_id or generate()
`)
  const used = updated(code('    print(timestamp)\n'))
  expect(used).toContain('timestamp = now.strftime("%Y%m%d_%H%M%S")')
  expect(used).not.toContain('unique_id')
  expect(used).toContain('from datetime import UTC, datetime\n')
  expect(used).not.toContain('import uuid')
})

test('a test makes its values for itself', () => {
  expect(verdicts(`${head}job_id = str(uuid4())\n`, 'tests/test_jobs.py')).toEqual(['6 leave job_id'])
})

test('an expression with a comment inside is not thrown away unasked', () => {
  const code =
    'import hashlib, time\n\nrow_id = hashlib.md5(\n    f"{time.time()}".encode(),  # not for security\n).hexdigest()\n'
  expect(verdicts(code)).toEqual(['3 ask row_id'])
  expect(updated(code)).toBe(code)
})

test.each([
  ['parsed-as-uuid', 'value = uuid.UUID(job_id)'],
  ['is-a-uuid', 'if isinstance(job_id, uuid.UUID): pass'],
  ['length', 'ok = len(job_id) == 36'],
  ['uuid-pattern', 'PATTERN = r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"'],
  ['lower-case', 'PATTERN = r"^[0-7][0-9a-hjkmnp-tv-z]{25}$"'],
  ['lower-case', 'ok = job_id.islower()'],
  ['uuid-type', 'class Row:\n    id: uuid.UUID'],
  ['part-of-id', 'component = session_id.split("-")[0]'],
])('what would not take a ULID is found: %s in %s', (rule, code) => {
  const { validators } = lookedAt(`${head}${code}\n`)
  expect(validators.map(each => each.rule)).toEqual([rule])
})
