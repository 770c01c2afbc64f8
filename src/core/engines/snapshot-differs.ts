import { exitCodes, Refusal } from '../message.ts'

/** The refusal for a snapshot that is anything but an exact copy; the target was not written then. */
export function differs(snapshot: string, why: string): Refusal {
  return new Refusal({
    code: 'SNAPSHOT.DIFFERS',
    object: snapshot,
    message: 'The snapshot is not an exact copy of the database.',
    why,
    next: 'Nothing was changed. Check the disk that holds the snapshots, then try again.',
    exit: exitCodes.precondition,
  })
}
