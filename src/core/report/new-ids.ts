/** Whether all new ids are made by the configured generator: judged by a look at the source code of each system. */

import type { Criterion, RunReport, SystemReport } from '../run-report.ts'
import { withCommas } from '../with-commas.ts'
import { brokenGenerators, counted, nameOf, sourceWords } from './source.ts'

/** What rejects a ULID, or reads a part of one, makes no ids; the report names it elsewhere. */
function leftToDo({ system, source, folder, targets }: SystemReport): readonly string[] {
  if (source !== null) return sourceWords(system, { ...source, rejecting: 0 })
  if (folder !== null || targets.length === 0) return []
  return ['its source tree was not found: --projects DIR, or its folder in the config file']
}

export function newIds(systems: RunReport['systems']): Pick<Criterion, 'verdict' | 'by'> {
  const looked = systems.flatMap(({ system, source }) => (source === null ? [] : [{ system, source }]))
  if (looked.length === 0) return { verdict: 'not-applicable', by: whyNot(systems) }
  const left = systems.flatMap(each => leftToDo(each).map(words => `${each.system}: ${words}`))
  // Code that calls what is not there, or makes no ULIDs, is wrong now; a place that was not updated is yet to be.
  const wrong = looked.some(({ source }) => source.using.length > 0 && brokenGenerators(source).length > 0)
  if (wrong || left.length > 0) return { verdict: wrong ? 'failed' : 'due', by: left.join('; ') }
  const files = looked.reduce((sum, each) => sum + each.source.files, 0)
  const using = looked.filter(each => each.source.using.length > 0)
  if (using.length === 0)
    return { verdict: 'not-applicable', by: `None of ${counted(files, 'source file')} makes ids.` }
  const by = using.map(({ system, source }) => {
    const tried = source.generators.map(
      each => `${nameOf(each)}, of which ${each.interpreter} made ${withCommas(each.values)} good ULIDs`,
    )
    return `${system}: ${counted(source.using.length, 'file')} with ${tried.join(' and ')}`
  })
  return { verdict: 'proved', by: `${by.join('; ')}; no place in ${counted(files, 'file')} makes other ids` }
}

function whyNot(systems: RunReport['systems']): string {
  return systems.every(each => each.folder === null)
    ? 'No source tree is known: --projects DIR names the folder that holds them, or "folder" of a system in the config file its own.'
    : 'No source tree was looked at in this run.'
}
