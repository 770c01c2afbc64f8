/** One id in a process of its own, by the built program: see trace.ts. */
import { join } from 'node:path'
import { openTracer } from '../dist/library.js'

const { paths, id, settings } = JSON.parse(process.argv[2])
// Its modules are loaded when it is first asked, here for the targets of an empty ledger; those of interest stay untouched.
const nothing = await openTracer([], { ...settings, stateDir: join(settings.stateDir, 'empty') })
nothing.close()
const begun = performance.now()
const tracer = await openTracer(paths, settings)
const answer = tracer.trace(id)
const answered = performance.now() - begun
tracer.close()
process.stdout.write(JSON.stringify({ answer, answered, whole: performance.now() }))
