/**
 * The records of work under way, as the documents of the ecosystem name them: a run, one target within it, and a finished
 * phase. The ledger keeps exactly these; other programs may keep theirs by the same schemas. Ids are ULIDs, in either
 * letter case; times are ISO 8601 with a zone.
 */
import { z } from 'zod'
import { isUlid } from './identifiers/index.ts'

export const ulidSchema = z
  .string()
  .refine(isUlid, { error: 'No ULID: 26 digits of Crockford base 32, the first 0 to 7, are one' })

const timeSchema = z.iso.datetime({ offset: true })
const recordSchema = z.record(z.string(), z.json())

/** A run over one or more targets. */
export const workflowExecutionSchema = z.strictObject({
  execution_id: ulidSchema,
  workflow_name: z.string().min(1).max(100),
  status: z.string().min(1),
  start_time: timeSchema,
  end_time: timeSchema.nullable().default(null),
  iterations: z.int().min(1).default(1),
  metadata: recordSchema.default({}),
})

/** One target's part in a run. */
export const poolExecutionSchema = z.strictObject({
  execution_id: ulidSchema,
  /** The run. */
  pool_id: ulidSchema,
  /** The target. */
  worker_id: z.string().min(1),
  operation: z.string().min(1),
  status: z.string().min(1),
  start_time: timeSchema,
  end_time: timeSchema.nullable().default(null),
  metadata: recordSchema.default({}),
})

/** A finished phase. */
export const workflowCheckpointSchema = z.strictObject({
  checkpoint_id: ulidSchema,
  workflow_execution_id: ulidSchema,
  stage_name: z.string().min(1),
  status: z.string().min(1),
  result_data: recordSchema.default({}),
  timestamp: timeSchema,
  error_message: z.string().nullable().default(null),
})

export type WorkflowExecution = z.infer<typeof workflowExecutionSchema>
export type PoolExecution = z.infer<typeof poolExecutionSchema>
export type WorkflowCheckpoint = z.infer<typeof workflowCheckpointSchema>
