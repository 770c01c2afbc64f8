import { type CheckDefinition, failed, passed } from '../check.ts'
import { filePragmas } from '../comparison.ts'

export const pragmas: CheckDefinition = {
  id: 'pragmas',
  claim:
    'Page size, auto_vacuum, encoding, journal mode, user_version and application_id of the file are as before.',
  async run({ db, pragmas: before, strict }) {
    const after = filePragmas(db)
    const names = Object.keys(before) as (keyof typeof before)[]
    const faults = names
      .filter(name => before[name] !== after[name])
      .map(name => `${name}: ${before[name]} before, ${after[name]} after`)
    if (!strict)
      return {
        ...passed(names.length, faults.join('; ') || `${names.length} settings equal`),
        changed: faults.length,
      }
    return faults.length > 0
      ? failed(names.length, `${faults.length} settings differ`, faults)
      : passed(names.length, `${names.length} settings equal`)
  },
}
