import fc from 'fast-check';
import { retire, sqlName, sqlValue, upsert } from '../../lib/model/sql';

describe('a value', () => {
  test('is what it is in each engine', () => {
    expect([null, 7, true, 'x'].map((value) => sqlValue('postgresql', value))).toEqual(['NULL', '7', 'true', "'x'"]);
    expect([null, 7, false, 'x', ''].map((value) => sqlValue('mysql', value))).toEqual([
      ...['NULL', '7', '0', "_utf8mb4 X'78'", "''"],
    ]);
  });

  test('never ends before its end, whatever it holds', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const inside = sqlValue('postgresql', text).slice(1, -1);
        expect(inside.replaceAll("''", '')).not.toContain("'");
        expect(inside.replaceAll("''", "'")).toBe(text);
        expect(sqlValue('mysql', text)).toMatch(/^(''|_utf8mb4 X'([0-9a-f]{2})+')$/);
      }),
    );
  });

  test('and a name are told apart by their quotes', () => {
    expect([sqlName('postgresql', 'a"b'), sqlName('mysql', 'a`b')]).toEqual(['"a""b"', '`a``b`']);
  });
});

describe('a row', () => {
  const row = { table: 'tenants', key: ['id'], columns: { id: 'acme', status: 'active' } };

  test('is made or brought up to date', () => {
    expect(upsert('postgresql', row)).toBe(
      `INSERT INTO "tenants" ("id", "status") VALUES ('acme', 'active') ON CONFLICT ("id") DO UPDATE SET "status" = EXCLUDED."status";`,
    );
    expect(upsert('mysql', row)).toBe(
      "INSERT INTO `tenants` (`id`, `status`) VALUES (_utf8mb4 X'61636d65', _utf8mb4 X'616374697665') ON DUPLICATE KEY UPDATE `status` = VALUES(`status`);",
    );
  });

  test('of nothing but its key is made once', () => {
    expect(upsert('postgresql', { ...row, columns: { id: 'acme' } })).toContain('ON CONFLICT ("id") DO NOTHING');
    expect(upsert('mysql', { ...row, columns: { id: 'acme' } })).toContain('UPDATE `id` = VALUES(`id`)');
  });

  test('that is no longer listed is marked, and those that are stay', () => {
    const where = { client: 'acme' };
    const keep = [{ id: 1 }, { id: 2 }];
    expect(retire('postgresql', { table: 'sites', where, set: { live: false }, keep })).toBe(
      `UPDATE "sites" SET "live" = false WHERE "client" = 'acme' AND NOT ("id" = 1) AND NOT ("id" = 2);`,
    );
  });
});
