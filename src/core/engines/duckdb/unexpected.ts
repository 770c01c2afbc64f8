import { exitCodes, Refusal } from '../../message.ts'

/** Nothing that an operation may do: a fault of this program, and no reason to touch the file. */
export function unexpected(path: string, table: string, why: string): Refusal {
  return new Refusal({
    code: 'ENGINE.BUG',
    object: path,
    message: `What was worked out for ${table} can not be written into the DuckDB file, so nothing was.`,
    why,
    next: 'This should not happen: please report it. The file is as it was.',
    exit: exitCodes.failed,
  })
}
