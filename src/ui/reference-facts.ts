/** What is known of one reference, in the same words for reports and screens. */
import { basename } from 'node:path'
import { type DetectedIdentity, type DetectedReference, formatPlace } from '../core/index.ts'
import { count } from './format.ts'
import { shorten } from './line.ts'

/** Where it stands: the column, and the rows, the path and the pattern within it, as flags name them. */
export function referenceName(reference: DetectedReference): string {
  const place = formatPlace(reference, reference)
  return reference.target === undefined ? place : `${place} in ${basename(reference.target)}`
}

/**
 * Three values, what comes of leaving it out, what names no row, and what stays for good.
 *
 * @param longest cells of one value
 */
export function referenceFacts(reference: DetectedReference, longest = 44): readonly string[] {
  const { matched, samples, orphans, orphanSamples, sentinels, leftOut } = reference
  return [
    ...(matched > 0 && samples.length > 0 ? [`for example ${values(samples, longest)}`] : []),
    ...(leftOut === '' ? [] : [`left out: ${leftOut}`]),
    ...(orphans > 0 && orphanSamples.length > 0
      ? [`${count(orphans)} name no row: ${values(orphanSamples, longest)}`]
      : []),
    ...(sentinels > 0 ? [`${count(sentinels)} stand for "none" (0, -1, empty)`] : []),
  ]
}

/** What makes it a reference: the words of the flag, and of the config file. */
export function followWords(identity: DetectedIdentity, reference: DetectedReference): string {
  return `${formatPlace(reference, reference)}=${formatPlace(identity, {})}`
}

/** Values are data: cut where they are long, so that three of them stay in sight. */
function values(samples: readonly string[], longest: number): string {
  return samples.map(sample => shorten(sample, longest, 'middle')).join(', ')
}
