// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these texts are source code
import { expect, test } from 'vitest'
import { lookedAt, updated } from './updated.ts'

const python =
  'import hashlib, os, secrets, time, uuid\nfrom bson import ObjectId\nfrom datetime import date, datetime\nfrom uuid import UUID, uuid4\n\n\n'
const ulid = { module: 'ulid', name: 'ulid' }
const javascript =
  'import { randomBytes, randomUUID } from "crypto"\nimport { ObjectId } from "mongodb"\nimport { v4 as uuid } from "uuid"\n\n'

const lines = (text: string) => text.trimEnd().split('\n')
const inPython = (code: string) => lines(updated(`${python}${code}\n`)).at(-1)
const inJavascript = (code: string) => lines(updated(`${javascript}${code}\n`, 'jobs.ts', ulid)).at(-1)
const sitesIn = (code: string, name = 'module.py') =>
  lookedAt(`${name.endsWith('.py') ? python : javascript}${code}\n`, name).sites

test.each([
  ['run_id = "%s-%s" % (project, time.strftime("%Y%m%d-%H%M%S"))', 'run_id = generate()'],
  ['run_id = project + "-" + time.strftime("%Y%m%d-%H%M%S")', 'run_id = generate()'],
  ['run_id = "{}-{}".format(project, datetime.now().strftime("%Y%m%d%H%M%S"))', 'run_id = generate()'],
  ['run_id = "_".join([project, str(time.time())])', 'run_id = generate()'],
  ['run_id = f"{project}-{datetime.now():%Y%m%d-%H%M%S}"', 'run_id = generate()'],
  ['run_id = f"run-{uuid4().hex}" "-x"', 'run_id = generate()'],
  ['run_id = "s_" + str(int(time.time())) + "_" + secrets.token_hex(4)', 'run_id = generate()'],
  ['run_id = "{}-{}".format("run", uuid4().hex[:26])', 'run_id = generate()'],
  ['run_id = time.strftime("%Y%m%d%H%M%S")', 'run_id = generate()'],
  ['run_id = datetime.now().isoformat()', 'run_id = generate()'],
  ['run_id = str(int(time.time() * 1000))', 'run_id = generate()'],
  ['run_id = str(uuid.uuid4()).split("-")[0]', 'run_id = generate()'],
  ['run_id = uuid4().bytes.hex()', 'run_id = generate()'],
  ['run_id = str(ObjectId())', 'run_id = generate()'],
  ['run_ids = [uuid4().hex for _ in range(3)]', 'run_ids = [generate() for _ in range(3)]'],
  ['run_id: str = field(default_factory=uuid4)', 'run_id: str = field(default_factory=generate)'],
  ['id = Column(String(36), default=uuid.uuid4)', 'id = Column(String(36), default=generate)'],
  ['user = row.get("user_id", str(uuid4()))', 'user = row.get("user_id", generate())'],
  [
    'db.execute("INSERT INTO jobs (name, job_id) VALUES (?, ?)", (name, str(uuid4())))',
    'db.execute("INSERT INTO jobs (name, job_id) VALUES (?, ?)", (name, generate()))',
  ],
])('Python: however an id is put together, all of it becomes a ULID: %s', (code, expected) => {
  expect(inPython(code)).toBe(expected)
})

test.each([
  ['const runId = "run-" + Date.now()', 'const runId = ulid()'],
  ['const runId = [project, Date.now()].join("-")', 'const runId = ulid()'],
  ['const runId = Date.now().toString(36) + Math.random().toString(36).slice(2)', 'const runId = ulid()'],
  ['const runId = Date.now().toString()', 'const runId = ulid()'],
  ['const runId = "b_" + uuid().split("-")[0]', 'const runId = ulid()'],
  ['const runId = new ObjectId().toHexString()', 'const runId = ulid()'],
  ['class Job { #id = uuid() }', 'class Job { #id = ulid() }'],
  ['this.runId ??= uuid()', 'this.runId ??= ulid()'],
  [
    'class Job { constructor(readonly jobId: string = uuid()) {} }',
    'class Job { constructor(readonly jobId: string = ulid()) {} }',
  ],
  [
    'const t = table("t", { id: text("id").$defaultFn(uuid) })',
    'const t = table("t", { id: text("id").$defaultFn(() => ulid()) })',
  ],
  [
    'const s = new Schema({ _id: { type: String, default: randomUUID } })',
    'const s = new Schema({ _id: { type: String, default: () => ulid() } })',
  ],
  [
    'db.query("INSERT INTO users (id, name) VALUES ($1, $2)", [uuid(), name])',
    'db.query("INSERT INTO users (id, name) VALUES ($1, $2)", [ulid(), name])',
  ],
])('JavaScript: however an id is put together, all of it becomes a ULID: %s', (code, expected) => {
  expect(inJavascript(code)).toBe(expected)
})

test.each([
  ['order_id = UUID(str(uuid4()))', 'UUIDs only'],
  ['id: Mapped[UUID] = mapped_column(default=lambda: str(uuid4()))', 'UUIDs only'],
  ['id = models.UUIDField(default=uuid.uuid4)', 'UUIDs only'],
  ['short_id = Column(String(12), default=lambda: uuid4().hex[:12])', '26 characters do not fit'],
  ['job_id = uuid4().int + 1', 'a number'],
  ['job_id = int(time.time() * 1000)', 'a number'],
  ['daily_id = f"{user}-{date.today()}"', 'natural key'],
  ['daily_id = f"{user}-{datetime.now():%Y-%m-%d}"', 'natural key'],
  ['daily_id = datetime.now().strftime("%Y-%m-%d")', 'It is a day'],
  ['daily_id = hashlib.md5(f"{user}{date.today()}".encode()).hexdigest()', 'the same content'],
  ['run_id = prefix + "-" + uuid4().hex[:8]', 'holds prefix'],
  ['session_id = secrets.token_urlsafe(32)', 'nobody can guess'],
  ['client_id = uuid4().hex', 'a program that runs'],
  ['run_id = ("run-"  # a word\n  f"{uuid4().hex}")', 'A comment stands inside'],
  ['ID_FACTORY = uuid.uuid4', 'an object'],
])('Python: what would be another thing is asked about: %s', (code, why) => {
  const sites = sitesIn(code)
  expect(sites.map(site => site.verdict)).toEqual(['ask'])
  expect(sites[0]!.why).toContain(why)
})

test.each([
  ['const t = table("t", { id: pg.uuid("id").$defaultFn(() => randomUUID()) })', 'UUIDs only'],
  ['class User { @PrimaryColumn("uuid") userId = uuid() }', 'UUIDs only'],
  ['const m = { id: { type: DataTypes.UUID, defaultValue: () => uuid() } }', 'UUIDs only'],
  ['const dayId = `${user}-${new Date().toISOString().slice(0, 10)}`', 'natural key'],
  ['const runId = Date.now()', 'a number'],
  ['const sessionId = randomBytes(32).toString("hex")', 'nobody can guess'],
  ['const found = document.getElementById(uuid())', 'does not tell'],
])('JavaScript: what would be another thing is asked about: %s', (code, why) => {
  const sites = sitesIn(code, 'jobs.ts')
  expect(sites.map(site => site.verdict)).toEqual(['ask'])
  expect(sites[0]!.why).toContain(why)
})

test.each([
  'path_id = "/x/" + f"{user}-{int(time.time())}"',
  'next_id = last_id + 1',
  'max_id = max(row["id"] for row in rows)',
])('what is a path or a number is no site: %s', code => expect(sitesIn(code)).toEqual([]))

test('of a function that is handed on, the one chosen by hand is handed on too, and not called', () => {
  const text = `${python}FACTORY = uuid.uuid4\n`
  const { file, sites } = lookedAt(text)
  expect(sites[0]).toMatchObject({ factory: true, verdict: 'ask' })
  expect(file.language.factory('generate', 'generate()')).toBe('generate')
  expect(file.language.factory('ULID', 'str(ULID())')).toBe('lambda: str(ULID())')
})

test('what a tool makes is left, and so is Python 2', () => {
  const made = lookedAt('# Generated by protoc. DO NOT EDIT.\nimport uuid\njob_id = str(uuid.uuid4())\n')
  expect(made.sites.map(site => [site.verdict, site.why])).toEqual([['leave', 'A tool makes this file.']])
  expect(() => lookedAt('import uuid\njob_id = str(uuid.uuid4())\nprint "saved", job_id\n')).toThrow(
    'not-understood',
  )
})

test('a name may come of an import of all names', () => {
  expect(updated('from uuid import *\n\njob_id = str(uuid4())\n')).toContain('job_id = generate()')
})

test.each([
  ['uuid-pattern', 'HEX = r"^[a-f0-9]{12}$"'],
  ['made-id-pattern', 'JOB = r"^job_\\d+$"'],
  ['made-id-pattern', 'RUN = r"^[a-z-]+-\\d{8}-\\d{6}$"'],
  ['length', 'session_id: str = Field(min_length=36)'],
  ['length', 'job_id = Column(String(12))'],
  ['sql', 'SCHEMA = "CREATE TABLE t (id TEXT CHECK (length(id) = 36))"'],
  ['sql', 'SCHEMA = "CREATE TABLE t (job_id VARCHAR(12))"'],
  ['uuid-route', 'ROUTE = "/jobs/<uuid:job_id>"'],
  ['parsed-as-number', 'n = int(session_id, 16)'],
  ['parsed-as-number', 'n = bytes.fromhex(session_id)'],
  ['part-of-id', 'project, day, clock = run_id.rsplit("-", 2)'],
  ['part-of-id', 'ok = entity_id.startswith("user:")'],
])('Python: what would not take a ULID is found: %s in %s', (rule, code) => {
  expect(lookedAt(`${python}${code}\n`).validators.map(each => each.rule)).toEqual([rule])
})

test.each([
  ['uuid-type', 'const schema = z.object({ id: z.string().cuid() })'],
  ['uuid-type', 'const schema = z.object({ id: z.uuid() })'],
  ['length', 'const schema = z.object({ id: z.string().length(36) })'],
  ['uuid-type', 'const schema = { type: "string", format: "uuid" }'],
])('JavaScript: what would not take a ULID is found: %s in %s', (rule, code) => {
  expect(lookedAt(`${javascript}${code}\n`, 'jobs.ts').validators.map(each => each.rule)).toEqual([rule])
})

test.each(['COLOR = r"^#[0-9a-f]{6}$"', 'ULID = r"^[0-7][0-9A-HJKMNP-TV-Z]{25}$"', 'n = int(count)'])(
  'what takes a ULID, or is about something else, is no validator: %s',
  code => expect(lookedAt(`${python}${code}\n`).validators).toEqual([]),
)
