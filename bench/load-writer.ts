/**
 * A program that uses the database that is measured: every few milliseconds it inserts a row, or changes one that it finds by
 * its legacy id, each in a transaction of its own, and notes how long that took. Its parent says what time it is in.
 */
import Database from 'better-sqlite3'

const [path = ''] = process.argv.slice(2)
const db = new Database(path, { timeout: 60_000 }) // as long as it takes: the wait is what is measured
db.pragma('synchronous = NORMAL')
const known = db
  .prepare('SELECT job_id FROM jobs WHERE id % (SELECT max(1, count(*) / 2000) FROM jobs) = 0')
  .pluck()
  .all() as string[]
const job = db.prepare("INSERT INTO jobs(job_id, start_time, status) VALUES(?, datetime('now'), 'started')")
const error = db.prepare(
  "INSERT INTO errors(job_id, timestamp, error_type, message) VALUES(?, datetime('now'), 'lint', 'while it is expanded')",
)
const done = db.prepare("UPDATE jobs SET status = 'done', iterations = iterations + 1 WHERE job_id = ?")
const moved = db.prepare('UPDATE hooks SET job_id = ? WHERE id = ?')
const latencies = new Map<string, number[]>()
let time = 'before'
let turn = 0

function write(): void {
  const at = turn++
  const id = known[(at * 7919) % known.length]!
  const begun = performance.now()
  if (at % 4 === 0) job.run(`new-${at}`)
  else if (at % 4 === 1) error.run(id)
  else if (at % 4 === 2) done.run(id)
  else moved.run(id, 1 + ((at * 31) % known.length))
  const took = performance.now() - begun
  const all = latencies.get(time)
  if (all) all.push(took)
  else latencies.set(time, [took])
}

process.on('message', (said: string) => {
  if (said !== 'end') {
    time = said
    return
  }
  process.send?.([...latencies], () => process.exit())
})
process.send?.('ready')
setInterval(write, 3)
