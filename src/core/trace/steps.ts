/**
 * Work in steps: the command lets messages in between two of them, and can be stopped there; a program that holds a tracer
 * goes through them at once.
 */

/** What is being read as a whole just now. */
export interface ReadSoFar {
  readonly object: string
  readonly done: number
  readonly total: number
}

export type Steps<T> = Generator<ReadSoFar, T, void>

export function atOnce<T>(steps: Steps<T>): T {
  for (;;) {
    const step = steps.next()
    if (step.done) return step.value
  }
}

export async function oneByOne<T>(steps: Steps<T>, between: (sofar: ReadSoFar) => Promise<void>): Promise<T> {
  for (;;) {
    const step = steps.next()
    if (step.done) return step.value
    await between(step.value)
  }
}
