/** A process of its own that makes as many ULIDs as its argument says and writes 16 bytes each to stdout. */
import { createUlidFactory } from '../../../src/core/identifiers/ulid.ts'
import { writeUlidBytes } from './ulid-processes.ts'

const count = Number(process.argv[2])
const make = createUlidFactory()
const bytes = new Uint8Array(count * 16)
for (let i = 0; i < count; i++) writeUlidBytes(make(), bytes, i * 16)
process.stdout.write(bytes)
