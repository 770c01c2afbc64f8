import { ulidToUUID } from 'ulid'
import { describe, expect, it } from 'vitest'
import { makeInProcesses, takeCensus, writeUlidBytes } from './ulid-processes.ts'

const processes = 4
const each = 250_000

describe('ULIDs made by several processes at once', () => {
  it(`never collide, and each process's own are in strict order: ${processes} x ${each}`, async () => {
    const streams = await makeInProcesses(processes, each)
    expect(takeCensus(streams)).toEqual({ count: processes * each, collisions: 0, violations: 0 })
  })
})

describe('the census itself', () => {
  const bytes = (...ulids: string[]) => {
    const all = new Uint8Array(ulids.length * 16)
    for (const [i, ulid] of ulids.entries()) writeUlidBytes(ulid, all, i * 16)
    return all
  }
  const a = '01ARZ3NDEKTSV4RRFFQ69G5FAV'
  const b = '01ARZ3NDEKTSV4RRFFQ69G5FAW'
  const c = '7ZZZZZZZZZZZZZZZZZZZZZZZZZ'

  it('writes the bytes that the ulid package finds in a ULID', () => {
    for (const ulid of [a, b, c]) {
      expect(Buffer.from(bytes(ulid)).toString('hex')).toBe(
        ulidToUUID(ulid).replaceAll('-', '').toLowerCase(),
      )
    }
  })

  it('finds a ULID that two processes made', () => {
    expect(takeCensus([bytes(a, b), bytes(b, c)])).toEqual({ count: 4, collisions: 1, violations: 0 })
  })

  it('finds a repeated one and one out of order', () => {
    expect(takeCensus([bytes(a, a), bytes(c, b)])).toEqual({ count: 4, collisions: 1, violations: 2 })
  })
})
