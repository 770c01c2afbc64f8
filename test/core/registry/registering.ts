/** One of several processes that register at once: many of its own, and ten natural keys that all of them ask for. */
import { openRegistry } from '../../../src/core/registry/open.ts'

const [stateDir = '', name, count] = process.argv.slice(2)
const registry = openRegistry({ stateDir })
for (let n = 0; n < Number(count); n++)
  registry.create({ system: 'test', kind: 'own', legacy: `${name}-${n}` })
const shared = Array.from({ length: 10 }, (_, n) => registry.ulidFor('test', 'shared', `key ${n}`))
registry.close()
process.send?.(shared)
process.disconnect?.()
