import fc from 'fast-check';
import {
  checksum,
  containerEnv,
  filesConfigMap,
  fileVolumes,
  literal,
  secretEntries,
} from '../../lib/kube/environment';
import type { NamedValue } from '../../lib/model/resolved';
import { manifests, only, secretPart, space } from './fixture';

/** Kubernetes' own expansion (third_party/forked/golang/expansion), with every variable set to `EXPANDED`. */
function expand(input: string): string {
  let out = '';
  for (let at = 0; at < input.length; at++) {
    if (input[at] !== '$' || at + 1 === input.length) {
      out += input[at];
      continue;
    }
    const next = input[at + 1];
    const end = next === '(' ? input.indexOf(')', at) : -1;
    out += next === '$' ? '$' : next !== '(' ? `$${next}` : end < 0 ? '$(' : 'EXPANDED';
    at = end < 0 ? at + 1 : end;
  }
  return out;
}

const dollars = fc.string({ unit: fc.constantFrom('$', '(', ')', 'A', ' ', '{', 'é', '\u{1f600}') });

describe('literal', () => {
  test('leaves every text as it is after Kubernetes has expanded it', () => {
    fc.assert(fc.property(fc.oneof(dollars, fc.string({ unit: 'binary' })), (text) => expand(literal(text)) === text));
  });

  test('never leaves a single dollar sign before what old kubelets tear apart', () => {
    fc.assert(fc.property(dollars, (text) => !/(^|[^$])(\$\$)*\$[^\p{ASCII}]/u.test(literal(text))));
  });

  test.each([
    ['$(id)', '$$(id)'],
    ['$$(HOME)', '$$$$(HOME)'],
    ['a$$b', 'a$$$$b'],
    ['${x} %{y} {{.z}} 5$', '${x} %{y} {{.z}} 5$'],
  ])('writes %s as %s', (text, written) => {
    expect(literal(text)).toBe(written);
  });

  test('the plain escape of an opening parenthesis would not do', () => {
    expect(expand('$$(HOME)'.replaceAll('$(', '$$$$('))).toBe('$EXPANDED');
  });
});

const plain: NamedValue = { name: 'HOST', parts: ['acme.example'] };
const secret: NamedValue = { name: 'URL', parts: ['redis://:', secretPart('cache', 'password', 'url'), '@redis:6379'] };

describe('environment', () => {
  test('a value without secrets is written, one with any is read from the Secret of the workload', () => {
    expect(containerEnv('web', [plain, secret])).toEqual([
      { name: 'HOST', value: 'acme.example' },
      { name: 'URL', valueFrom: { secretKeyRef: { name: 'web-secrets', key: 'URL' } } },
    ]);
  });

  test('nothing of a value with a secret is in the manifest, its plain text neither', () => {
    const written = JSON.stringify(containerEnv('web', [secret]));
    for (const part of ['redis:', 'password', secretPart('cache', '').path]) expect(written).not.toContain(part);
  });
});

const motd: NamedValue = { name: '/etc/motd', parts: ['$(id) stays'] };
const key: NamedValue = { name: '/etc/key.pem', parts: ['-----', secretPart('key', 'pem')] };

function configMap(files: readonly NamedValue[]) {
  return manifests((chart) => filesConfigMap(chart, space(), 'web', { env: [], files }));
}

describe('files', () => {
  test('each is mounted at its path by its index, read-only, from where it may lie', () => {
    const { volumes, mounts } = fileVolumes('web', { env: [], files: [motd, key] });
    expect(volumes).toEqual([
      { name: 'files', configMap: { name: 'web-files', defaultMode: 0o444 } },
      {
        name: 'secret-files',
        secret: { secretName: 'web-secrets', defaultMode: 0o440, items: [{ key: 'file.1', path: 'file.1' }] },
      },
    ]);
    expect(mounts).toEqual([
      { name: 'files', mountPath: '/etc/motd', subPath: 'file.0', readOnly: true },
      { name: 'secret-files', mountPath: '/etc/key.pem', subPath: 'file.1', readOnly: true },
    ]);
  });

  test('a workload without files has no volumes for them', () => {
    expect(fileVolumes('web', { env: [secret], files: [] })).toEqual({ volumes: [], mounts: [] });
  });

  test('the ConfigMap holds those without secrets, unescaped, since files are not expanded', () => {
    const map = only(configMap([motd, key]), 'ConfigMap');
    expect(map.metadata).toMatchObject({ name: 'web-files', namespace: 'nekotab-acme' });
    expect(map.data).toEqual({ 'file.0': '$(id) stays' });
  });

  test('there is no ConfigMap where all files are secret, or there are none', () => {
    expect(configMap([key])).toEqual([]);
    expect(configMap([])).toEqual([]);
  });
});

test('the Secret of a workload must hold exactly what its pods refer to', () => {
  expect(secretEntries({ env: [plain, secret], files: [motd, key] })).toEqual([
    { key: 'URL', parts: secret.parts },
    { key: 'file.1', parts: key.parts },
  ]);
  expect(secretEntries({ env: [plain], files: [motd] })).toEqual([]);
});

describe('checksum', () => {
  const base = { env: [plain, secret], files: [motd, key] };

  test.each([
    ['the text of a file', { ...base, files: [{ ...motd, parts: ['other'] }, key] }],
    ['the path of a file', { ...base, files: [{ ...motd, name: '/etc/other' }, key] }],
    ['the path of a secret', { ...base, env: [plain, { ...secret, parts: [secretPart('other', 'password')] }] }],
    ['the key of a secret', { ...base, files: [motd, { ...key, parts: ['-----', secretPart('key', 'other')] }] }],
    ['the text around a secret', { ...base, env: [{ ...secret, parts: ['rediss://:', ...secret.parts.slice(1)] }] }],
  ])('changes with %s', (_, changed) => {
    expect(checksum(changed)).not.toBe(checksum(base));
  });

  test('does not change with a plain variable, which changes the template by itself', () => {
    expect(checksum({ ...base, env: [{ ...plain, parts: ['other'] }, secret] })).toBe(checksum(base));
    expect(checksum(base)).toMatch(/^[0-9a-f]{16}$/);
  });
});
