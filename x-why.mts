import { lookAt } from './src/core/migrate/prepare.ts'
import { corpusContext } from './test/corpus/context.ts'
import { copyWithoutKeys } from './test/detection/without-keys.ts'
import { candidatesOf, sampleKeys } from './src/core/detect/references/candidates.ts'
import { sampleOf } from './src/core/detect/references/sample.ts'
import { keyColumns } from './src/core/detect/keys.ts'
import { commonPrefixes } from './src/core/detect/references/words.ts'
const [,, file, col] = process.argv
copyWithoutKeys(file,'/dev/shm/me/why.db')
const [t,c]=col.split('.')
await lookAt('/dev/shm/me/why.db', corpusContext({stateDir:'/dev/shm/me',snapshotDir:'/dev/shm/me',waitSeconds:0}), ({db,schema})=>{
 const sampled=schema.tables.filter(x=>x.kind==='table').map(table=>{const rows=Number(db.prepare(`select count(*) from "${table.name}"`).pluck().get());return {table,rows,sample:sampleOf(db,table,rows)}}).filter(x=>x.rows>0)
 const keys=sampleKeys(db,sampled.flatMap(x=>[...keyColumns(x.table)]),x=>sampled.find(s=>s.table===x))
 const of=sampled.find(x=>x.table.name===t)!
 const column=of.table.columns.find(x=>x.name===c)!
 for(const k of candidatesOf(db,schema,{table:of.table,column},of,keys,commonPrefixes(schema.tables.map(x=>x.name))).sort((a,b)=>b.odds-a.odds)) console.log(k.key.table.name,k.key.key.column.name,k.odds.toFixed(3),k.name,JSON.stringify(k.evidence))
})
