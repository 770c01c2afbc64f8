/** Views bind late: one that can't be asked any more is noticed by whoever asks. */
import { precondition } from '../../../message.ts'
import type { Catalog, DuckObject } from '../catalog.ts'
import type { Store } from '../connect.ts'
import { copyName } from '../copy-name.ts'
import { sqlName } from './table-plan.ts'

/** The views that answer. */
export async function answeringViews(store: Store, catalog: Catalog): Promise<readonly DuckObject[]> {
  const answering: DuckObject[] = []
  for (const object of catalog.objects)
    if (object.kind === 'view' && (await silenceOf(store, object)) === null) answering.push(object)
  return answering
}

/** Refuses where one of `views`, which answered before, does not any more. */
export async function assertAnswering(
  store: Store,
  path: string,
  views: readonly DuckObject[],
): Promise<void> {
  for (const view of views) {
    const said = await silenceOf(store, view)
    if (said === null) continue
    throw precondition(
      'DUCKDB.VIEW_BREAKS',
      copyName(view),
      `This view of ${path} could not be asked any more once the ids are others.`,
      `DuckDB says: ${said}.`,
      'Drop the view, or write it so that it takes ids as text, and run the same command again. Nothing was changed.',
    )
  }
}

/**
 * What DuckDB says where the view does not answer; null where it does. Asked in a way that ends no transaction: what can't
 * be bound is told before anything is run (HAZARDS F5).
 */
async function silenceOf(store: Store, view: DuckObject): Promise<string | null> {
  try {
    await store.run(`DESCRIBE SELECT * FROM ${sqlName(view)}`)
    return null
  } catch (error) {
    if (error instanceof Error && /^(Binder|Catalog|Parser) Error/.test(error.message))
      return error.message.split('\n')[0]!
    throw error
  }
}
