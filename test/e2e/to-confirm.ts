import type { OpenTerminal } from './terminal.ts'

/** From the list, where `database` is there to be migrated by its `jobs.job_id`, over detect and rehearsal to the typed name. */
export async function toConfirm(terminal: OpenTerminal, database: string): Promise<void> {
  await terminal.until(new RegExp(`${database.replace('.', '\\.')} .*ready, 1 identity`))
  terminal.press('enter')
  await terminal.until(/› \[x\] jobs\.job_id/)
  terminal.press('enter')
  await terminal.until(/rehearsed, target unchanged/)
  terminal.press('enter')
  await terminal.until(/Type the name of the database/)
}
