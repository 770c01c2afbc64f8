import { DuckDBInstance } from '@duckdb/node-api'
import { rmSync } from 'node:fs'
const f=process.argv[2]!; rmSync(f,{force:true}); rmSync(f+'.wal',{force:true})
const i = await DuckDBInstance.create(f); const c = await i.connect()
await c.run(`CREATE MACRO u(x) AS (substr(md5(x),1,12)||'4'||substr(md5(x),14,3)||'a'||substr(md5(x),18))::UUID;
CREATE SCHEMA other;
CREATE TYPE mood AS ENUM('a','b');
CREATE SEQUENCE sq START 5;
CREATE TABLE conv(id VARCHAR PRIMARY KEY DEFAULT (md5(random()::varchar)), content VARCHAR NOT NULL, embedding FLOAT[4], m mood DEFAULT 'a', ts TIMESTAMP, parent VARCHAR, up VARCHAR GENERATED ALWAYS AS (upper(content)), CHECK(length(content)>0));
CREATE TABLE refl(id UUID PRIMARY KEY DEFAULT gen_random_uuid(), conv_id VARCHAR REFERENCES conv(id), tags VARCHAR[], related UUID[], meta JSON, st STRUCT(conv VARCHAR, n INT, w DOUBLE), created_at TIMESTAMPTZ);
CREATE TABLE grp(id UUID PRIMARY KEY, parent UUID REFERENCES grp(id), name VARCHAR);
CREATE TABLE reflection_tags(reflection_id UUID, tag VARCHAR, PRIMARY KEY(reflection_id, tag));
CREATE TABLE other.log(id BIGINT PRIMARY KEY DEFAULT nextval('sq'), refl UUID, at_time TIMESTAMP DEFAULT now(), what VARCHAR, who VARCHAR);
CREATE TABLE items(n INTEGER PRIMARY KEY DEFAULT nextval('sq'), name VARCHAR); CREATE TABLE uses(item INTEGER REFERENCES items(n), q INT);
CREATE INDEX ri ON refl(conv_id); CREATE INDEX ti ON conv((date_trunc('day', ts)));
CREATE VIEW v AS SELECT c.id, r.id rid FROM conv c JOIN refl r ON r.conv_id=c.id;
CREATE MACRO mm(a) AS a+1;
COMMENT ON TABLE conv IS 'talks'; COMMENT ON COLUMN refl.meta IS 'doc';
INSERT INTO conv(id,content,embedding,m,ts) SELECT md5('c'||i), 'text '||i, [i,i+1,i+2,i+3]::FLOAT[4], (CASE WHEN i%2=0 THEN 'a' ELSE 'b' END)::mood, TIMESTAMP '2026-01-01' + INTERVAL (i) MINUTE FROM range(500) t(i);
INSERT INTO refl SELECT u('r'||i), md5('c'||(i%400)), [md5('c'||(i%7)), md5('c'||(i%11))], [u('r'||(i+1)), u('r'||(i%3))], ('{"source":{"conversation":"'||md5('c'||(i%5))||'"},"k": 1}')::JSON, {conv: md5('c'||(i%9)), n: i, w: i/3.0}, TIMESTAMPTZ '2026-01-02 00:00:00+00' + INTERVAL (i) SECOND FROM range(800) t(i);
INSERT INTO grp SELECT u('g0'), NULL, 'root'; 
INSERT INTO reflection_tags SELECT u('r'||i), 'tag'||(i%3) FROM range(900) t(i);
INSERT INTO other.log(refl,what,who) SELECT u('r'||(i%800)), (CASE WHEN i%2=0 THEN 'conv' ELSE 'refl' END), (CASE WHEN i%2=0 THEN md5('c'||i%500) ELSE (u('r'||i%800))::VARCHAR END) FROM range(1000) t(i);
INSERT INTO items(name) SELECT 'i'||i FROM range(50) t(i); INSERT INTO uses SELECT 1055+ (i%50), i FROM range(0) t(i); INSERT INTO uses SELECT n, n FROM items;
`)
for (let k=1;k<20;k++) await c.run(`INSERT INTO grp SELECT u('g${k}'), u('g${k-1}'), 'g${k}'`)
await c.run('CHECKPOINT'); c.closeSync(); i.closeSync()
