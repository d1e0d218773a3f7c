import { postgresqlBaseline } from '../../../lib/terraform/server';
import { type Postgres, startPostgres } from '../../support/postgres';
import { eventually } from '../wait';
import type { Shop } from './shop';
import type { Tools } from './tools';

/** The distribution's PostgreSQL, over TLS and with passwords, as its owner hands it to Terraform's administrator. */

export async function startServer({ postgres }: Tools): Promise<Postgres> {
  const before = process.env.POSTGRES_BIN;
  process.env.POSTGRES_BIN = postgres;
  try {
    return await startPostgres();
  } finally {
    if (before === undefined) delete process.env.POSTGRES_BIN;
    else process.env.POSTGRES_BIN = before;
  }
}

/** Its administrator is let in without a password; everybody else has one. */
export async function hardened(server: Postgres, { model }: Shop): Promise<void> {
  const described = model.servers['pg-1'];
  if (described?.engine !== 'postgresql') throw new Error('expected a PostgreSQL');
  const root = await server.connect();
  await root.rows(postgresqlBaseline('pg-1', described));
  // By the server itself: only it may read its key.
  const certificate = 'openssl req -new -x509 -days 2 -nodes -subj /CN=localhost -keyout server.key -out server.crt';
  await root.rows(`COPY (SELECT 1) TO PROGRAM '${certificate} 2> /dev/null && chmod 600 server.key'`);
  const rules = [`host all postgres,${described.admin} 127.0.0.1/32 trust`, 'host all all 127.0.0.1/32 scram-sha-256'];
  await root.rows(`COPY (SELECT unnest(ARRAY['${rules.join("', '")}'])) TO PROGRAM 'cat > pg_hba.conf'`);
  await root.rows('ALTER SYSTEM SET ssl = on');
  await root.rows('SELECT pg_reload_conf()');
  const problems = await eventually(10, async () => ((await root.values('SHOW ssl'))[0] === 'on' ? [] : ['no TLS']));
  if (problems.length > 0) throw new Error(problems.join());
  await root.end();
}

/** Sets the password of a login, in place of the provider's write-only argument. */
export async function setPassword(server: Postgres, user: string, password: string): Promise<void> {
  const root = await server.connect();
  await root.rows(`ALTER ROLE "${user}" PASSWORD '${password.replaceAll("'", "''")}'`);
  await root.end();
}

/** An application's tables with a bit of everything, and then some that came later. */
export const TABLES = `
CREATE TYPE mood AS ENUM ('fine', 'it''s "so-so"');
CREATE TABLE authors (id serial PRIMARY KEY, name citext UNIQUE NOT NULL);
CREATE TABLE posts (
  id bigint GENERATED ALWAYS AS IDENTITY (START 40 INCREMENT 3) PRIMARY KEY,
  author int NOT NULL REFERENCES authors,
  body text, data jsonb, raw bytea, feeling mood, at timestamptz, amount numeric, tags text[],
  length int GENERATED ALWAYS AS (char_length(body)) STORED
);
CREATE INDEX ON posts (lower(body));
CREATE TABLE events (at date NOT NULL, what text) PARTITION BY RANGE (at);
CREATE TABLE events_2026 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
CREATE TABLE "Odd ""table"" $(HOME)" ("select" text);
CREATE SEQUENCE invoices START 1000 INCREMENT 7;
CREATE FUNCTION shout(given text) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT upper(given) || '!' $$;
CREATE VIEW loud AS SELECT id, shout(body) AS body FROM posts;
CREATE MATERIALIZED VIEW counts AS SELECT author, count(*) FROM posts GROUP BY author;
COMMENT ON TABLE posts IS 'what they say; it''s "theirs"';`;

/** \`COPY\`'s own escapes, quotes, what shells and templates take for theirs, and what is hard to see. */
export const TEXTS = [
  '',
  "it's",
  '"quoted"',
  '\\N',
  '\\.',
  'tab\there',
  'two\nlines\r\n',
  '$(HOME) ${HOME} `id` %{ if } {{ .x }}',
  '\u2028\u0085\ufeff\u200b',
  'Ünïcödé 🐈',
  "'; DROP TABLE posts; --",
  'x'.repeat(100_000),
];
