/** A small application as SQL: jobs, their logs, some of them orphans, and all that hangs on the two tables. */

/** The legacy id of job number `n`. */
export function jobId(n: number): string {
  return `${n.toString(16).padStart(8, '0')}-1234-4abc-8def-${n.toString(16).padStart(12, '0')}`
}

/** Jobs 1 to 6; job 6 has no logs, and the logs 11 and 12 have no job. */
export const jobsSql = `
  CREATE TABLE jobs(number INTEGER PRIMARY KEY AUTOINCREMENT, job_id TEXT NOT NULL UNIQUE, created_at TEXT, note BLOB);
  CREATE TABLE logs(n INTEGER PRIMARY KEY, job_id TEXT REFERENCES jobs(job_id) ON DELETE CASCADE, line TEXT, size);
  CREATE TABLE audit(what TEXT);
  CREATE INDEX logs_by_job ON logs(job_id);
  CREATE INDEX logs_by_line ON logs(lower(line)) WHERE line IS NOT NULL;
  CREATE VIEW lines AS SELECT line, jobs.number FROM logs JOIN jobs USING (job_id);
  CREATE TRIGGER job_removed AFTER DELETE ON jobs BEGIN INSERT INTO audit VALUES(old.job_id); END;
  PRAGMA user_version = 7;
  INSERT INTO jobs(job_id, created_at, note) VALUES ${[1, 2, 3, 4, 5, 6].map(n => `('${jobId(n)}', '2026-02-0${n}T00:00:00Z', x'00ff0${n}')`).join(', ')};
  INSERT INTO logs(job_id, line, size) VALUES ${[1, 2, 3, 4, 5, 1, 2, 3, 4, 5].map((n, at) => `('${jobId(n)}', 'line ${at}', ${at % 2 === 0 ? '1' : "'1'"})`).join(', ')}, ('${jobId(99)}', 'lost', 0.5), ('${jobId(99)}', 'lost too', NULL);`
