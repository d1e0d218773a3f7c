import { postgresql } from '../../lib/backing/postgresql';
import { claimProblems } from '../../lib/registry/claims';
import { offerContext } from '../model/offer-context';
import { tenant } from './support';

const PREFIX = 'a_database_with_a_name_that_leaves_little_room_';
const LONG = 'northern-league-of-debating-2026';

/** The database of a tenant of that id, and the tenant with its claims. */
function holder(id: string) {
  const service = postgresql({ name: 'database', database: `${PREFIX}{id}` });
  const { claims, outputs } = service.offer(service.options, offerContext({ id }));
  return { database: String(outputs.database?.[0]), tenant: tenant(id, { claims }) };
}

test('a tenant whose id is what is left of another’s name after the cut is refused, since both would have one database', () => {
  const long = holder(LONG);
  const twin = long.database.slice(PREFIX.length).replaceAll('_', '-');
  const other = holder(twin);
  expect(other.database).toBe(long.database);
  expect(claimProblems([long.tenant, other.tenant])).toContainEqual({
    code: 'E_CLAIM',
    file: `tenants/${twin}.ts`,
    path: 'id',
    found: `the PostgreSQL database "pg-eu/${long.database}" is claimed by tenants/${twin}.ts and by tenants/${LONG}.ts`,
    fix: 'choose another id for the newer one; names are compared after they are folded and cut',
    related: [`tenants/${LONG}.ts`],
  });
});

test('two whose names differ only behind the cut have a database each', () => {
  const [a, b] = [holder(LONG), holder(`${LONG.slice(0, -1)}7`)];
  expect(a.database).not.toBe(b.database);
  expect(claimProblems([a.tenant, b.tenant])).toEqual([]);
});
