import { DuckDBInstance } from '@duckdb/node-api'
const [f,...qs]=process.argv.slice(2)
const i = await DuckDBInstance.create(f!); const c = await i.connect()
for (const q of qs) try { const r=await c.runAndReadAll(q); for (const row of r.getRowsJson().slice(0,12)) console.log(JSON.stringify(row).slice(0,600)) } catch(e) { console.log('ERR',(e as Error).message.slice(0,300)) }
c.closeSync(); i.closeSync()
