/** What a config file may say. Editors get the same as docs/config.schema.json, which a test keeps equal. */
import { z } from 'zod'
import { parseZone } from '../identifiers/index.ts'
import { parsePlace } from '../inside/selector.ts'
import { parseColumnPath } from '../schema/names.ts'
import { knownSchemas } from '../systems/known-schemas.ts'

/** Text that `read` understands; what it throws is what the operator is told. */
function readable(read: (text: string) => unknown) {
  return z.string().superRefine((text, context) => {
    try {
      read(text)
    } catch (error) {
      context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : String(error) })
    }
  })
}

const column = readable(parseColumnPath).meta({ examples: ['jobs.job_id', '"my table".id'] })
const columns = z.array(column).readonly()
const place = readable(parsePlace).meta({ examples: ['errors.job', 'events.data:$.job.id'] })

function pairs(form: string, example: string) {
  return z
    .array(
      z
        .string()
        .regex(/.\..*=./, { error: `Expected ${form}` })
        .meta({ examples: [example] }),
    )
    .readonly()
}

const anyTarget = {
  strategy: z
    .enum(['replace', 'expand'])
    .exactOptional()
    .describe('New ids in place of the old, or beside them.'),
  form: z
    .enum(['keep-integer', 'pure'])
    .exactOptional()
    .describe('Whether a replaced integer key goes on in a column beside its ULID.'),
  all: z.boolean().exactOptional().describe('Every identity that detect offers.'),
  timezone: readable(parseZone)
    .exactOptional()
    .describe('Zone of times that name none: UTC, an offset as +02:00, or a name as Europe/Zurich.'),
  sentinels: z
    .enum(['keep', 'null', 'refuse'])
    .exactOptional()
    .describe('What becomes of 0, -1 and empty references that name no row.'),
  case: z.enum(['upper', 'lower']).exactOptional().describe('Letters of the ULIDs.'),
  generatedAt: z
    .boolean()
    .exactOptional()
    .describe("Whether a column beside each identity's ULID tells when that was made."),
  verificationDays: z
    .number()
    .nonnegative()
    .exactOptional()
    .describe(
      'Days that both ids of an expansion are watched before the legacy side may go; 14 unless said.',
    ),
  wait: z.number().nonnegative().exactOptional().describe('Seconds to wait for a lock of another program.'),
}

const oneTarget = {
  ...anyTarget,
  only: columns.exactOptional().describe('Identities to migrate, and no others: TABLE.COLUMN.'),
  skip: columns.exactOptional().describe('Identities to leave alone: TABLE.COLUMN.'),
  references: pairs('CHILD.COLUMN=PARENT.COLUMN', 'errors.job=jobs.job_id')
    .exactOptional()
    .describe('What is a reference: CHILD.COLUMN=PARENT.COLUMN.'),
  noReferences: z
    .array(place)
    .readonly()
    .exactOptional()
    .describe('What is no reference: CHILD.COLUMN, or a place in its values.'),
  times: pairs('TABLE.COLUMN=id, =order or =COLUMN', 'jobs.job_id=start_time')
    .exactOptional()
    .describe('Where times come from: TABLE.COLUMN=id, =order or =COLUMN.'),
  ulidColumns: pairs('TABLE.COLUMN=NAME', 'jobs.job_id=job_ulid')
    .exactOptional()
    .describe('What the ULID columns of an expansion are called: TABLE.COLUMN=NAME.'),
  accept: z
    .array(z.string().min(1))
    .readonly()
    .exactOptional()
    .describe('Objects whose blocking findings are accepted.'),
}

const path = z.string().regex(/^(?!\$[A-Za-z_{])(?!~[^/])[^*\0]+$/, {
  error: 'Expected a path; patterns, variables ($HOME) and homes of others (~name) are not read',
})

const seconds = z.number().positive()
/** What the system can hand to a program: a text ends at its first zero byte. */
const handed = z.string().regex(/^[^\0]*$/, { error: 'Expected a text without zero bytes' })
const argv = z.array(handed.min(1)).min(1).readonly()
const environment = z
  .record(handed.regex(/^[^=]+$/, { error: 'Expected a name without "="' }), handed)
  .readonly()

const command = {
  argv: argv.describe('The program and its arguments; no shell reads them.'),
  environment: environment.exactOptional().describe('Added to the environment.'),
  folder: path.exactOptional().describe("Working folder, from the system's folder."),
  limit: seconds.exactOptional().describe('Seconds that it may take.'),
}

const initialization = {
  ...command,
  expect: z.array(z.string().min(1)).readonly().exactOptional().describe('Tables that it makes.'),
  settle: seconds.exactOptional().describe('Seconds that its tables must stay as they are.'),
  grace: seconds.exactOptional().describe('Seconds between asking it to end and ending it.'),
}

const generator = { module: z.string().min(1), name: z.string().min(1) }

/** What has names of its own within a system. */
const inSystem: Readonly<Record<string, object>> = { initialize: initialization, test: command, generator }

const oneSystem = {
  ...oneTarget,
  title: z.string().exactOptional().describe('What it is called in full.'),
  folder: path.exactOptional().describe('Its source tree, from the folder of this file.'),
  targets: z
    .array(path)
    .readonly()
    .exactOptional()
    .describe('Where its databases may lie, from its folder; "~/" is the home folder.'),
  schema: z
    .enum(knownSchemas.map(each => each.name))
    .exactOptional()
    .describe('The known schema that can be made for it.'),
  initialize: z
    .strictObject(initialization)
    .readonly()
    .exactOptional()
    .describe('How it makes its own tables.'),
  sources: z
    .array(path)
    .readonly()
    .exactOptional()
    .describe('Files and folders of its source code, from its folder.'),
  generator: z
    .strictObject(generator)
    .readonly()
    .exactOptional()
    .describe('What makes a new ULID in its code: from MODULE import NAME.'),
  interpreter: argv.exactOptional().describe('The interpreter that runs its code.'),
  test: z.strictObject(command).readonly().exactOptional().describe('Its own tests.'),
  queries: z
    .record(z.string(), z.string().min(1))
    .readonly()
    .exactOptional()
    .describe('Queries whose time is compared before and after a migration, by their names.'),
}

export const configSchema = z
  .strictObject({
    $schema: z.string().exactOptional().describe('For editors.'),
    defaults: z.strictObject(anyTarget).readonly().exactOptional().describe('For every target.'),
    targets: z
      .record(path, z.strictObject(oneTarget).readonly())
      .readonly()
      .exactOptional()
      .describe('By the path of the database, from the folder of this file; "~/" is the home folder.'),
    projects: path
      .exactOptional()
      .describe('The folder in which the systems lie beside each other, from the folder of this file.'),
    order: z
      .array(z.string().min(1))
      .readonly()
      .exactOptional()
      .describe('Systems in the order in which they are migrated; those that are not named come after.'),
    systems: z
      .record(z.string().min(1), z.strictObject(oneSystem).readonly())
      .readonly()
      .exactOptional()
      .describe('By name. What is said of a built-in system holds in place of what is known of it.'),
  })
  .readonly()

/** The content of a config file: `export default { ... } satisfies Config`. */
export type Config = z.infer<typeof configSchema>
export type SystemConfig = NonNullable<Config['systems']>[string]
export type TargetConfig = NonNullable<Config['targets']>[string]

/** The names that are known at a place of the file, for whoever mistyped one. */
export function knownKeys(at: readonly PropertyKey[]): readonly string[] {
  if (at.length === 0) return Object.keys(configSchema.unwrap().shape).filter(key => key !== '$schema')
  if (at[0] === 'systems') return Object.keys(inSystem[String(at[2])] ?? oneSystem)
  return Object.keys(at[0] === 'targets' ? oneTarget : anyTarget)
}
