/** The day's totals in metrics.db, counted from the rows already written, so that they are true. */
import type Database from 'better-sqlite3'

const summarise = `
WITH
  job_days AS (
    SELECT date(start_time) AS day, count(*) AS total,
      count(*) FILTER (WHERE status = 'success') AS successful,
      count(*) FILTER (WHERE status = 'failed') AS failed,
      CAST(avg((julianday(end_time) - julianday(start_time)) * 86400000) AS INTEGER) AS duration
    FROM jobs GROUP BY day),
  error_days AS (
    SELECT date(timestamp) AS day, count(*) AS total,
      count(*) FILTER (WHERE error_type = 'hook') AS hook,
      count(*) FILTER (WHERE error_type = 'test') AS test,
      count(*) FILTER (WHERE error_type = 'lint') AS lint,
      count(*) FILTER (WHERE error_type = 'type') AS type
    FROM errors GROUP BY day),
  fix_days AS (
    SELECT date(timestamp) AS day, sum(fixes_applied) AS fixes FROM agent_executions GROUP BY day),
  orchestration_days AS (
    SELECT date(timestamp) AS day, count(DISTINCT job_id) AS jobs, avg(iteration_count) AS iterations
    FROM orchestration_executions GROUP BY day),
  strategy_scores AS (
    SELECT date(timestamp) AS day, selected_strategy AS strategy, avg(effectiveness_score) AS score
    FROM strategy_decisions GROUP BY day, strategy),
  strategy_days AS (
    SELECT day, strategy,
      row_number() OVER (PARTITION BY day ORDER BY score DESC, strategy) AS place
    FROM strategy_scores)
INSERT INTO daily_summary
  (date, total_jobs, successful_jobs, failed_jobs, total_errors, hook_errors, test_errors, lint_errors, type_errors,
   avg_job_duration_ms, total_ai_fixes, orchestrated_jobs, avg_orchestration_iterations, most_effective_strategy)
SELECT j.day, j.total, j.successful, j.failed, ifnull(e.total, 0), ifnull(e.hook, 0), ifnull(e.test, 0),
  ifnull(e.lint, 0), ifnull(e.type, 0), j.duration, ifnull(f.fixes, 0), ifnull(o.jobs, 0), ifnull(o.iterations, 0),
  s.strategy
FROM job_days j
LEFT JOIN error_days e USING (day)
LEFT JOIN fix_days f USING (day)
LEFT JOIN orchestration_days o USING (day)
LEFT JOIN strategy_days s ON s.day = j.day AND s.place = 1
ORDER BY j.day`

/** Fills `daily_summary`, one row a day on which a job began. */
export function fillDailySummary(db: Database.Database): void {
  db.exec(summarise)
}
