/** Which packages an import brings along, ESM ones too: seen by a loader's hook in a process of its own. */

/** A program that imports the module and prints the URLs of all that was loaded for it, as a JSON list. */
export function printsLoaded(module: string): string {
  return `
    import { register } from 'node:module'
    import { MessageChannel } from 'node:worker_threads'
    const seen = []
    const { port1, port2 } = new MessageChannel()
    port1.on('message', url => seen.push(url))
    port1.unref()
    const hook = 'let port; export function initialize(given) { port = given }' +
      'export async function load(url, context, next) { port.postMessage(url); return next(url, context) }'
    register('data:text/javascript,' + encodeURIComponent(hook), { data: port2, transferList: [port2] })
    await import(${JSON.stringify(module)})
    await new Promise(resolve => setImmediate(resolve))
    console.log(JSON.stringify(seen))`
}

/** The packages among what such a program has printed. */
export function packagesIn(printed: string): ReadonlySet<string> {
  const urls = JSON.parse(printed) as readonly string[]
  return new Set(urls.flatMap(url => /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url)?.[1] ?? []))
}
