import { type KubeObject, objects } from './objects';

/** Where texts of a tenant end up, and what the thing that reads them there makes of them. */

/** Kubernetes' own expansion (third_party/forked/golang/expansion), with every variable set to `EXPANDED`. */
export function expand(input: string): string {
  let out = '';
  for (let at = 0; at < input.length; at++) {
    const next = input[at + 1];
    if (input[at] !== '$' || next === undefined) out += input[at];
    else {
      const end = next === '(' ? input.indexOf(')', at) : -1;
      out += next === '$' ? '$' : next !== '(' ? `$${next}` : end < 0 ? '$(' : 'EXPANDED';
      at = end < 0 ? at + 1 : end;
    }
  }
  return out;
}

/** As much of Go's text/template as the output uses: quoted texts, and fields, each of which is `SECRET`. */
export function execute(template: string): string {
  return template.replace(/\{\{ (.*?) \}\}|\{\{/g, (_, action?: string) => {
    const field = /^\.[A-Za-z_][A-Za-z0-9_]*( \| urlquery \| replace "\+" "%20")?$/;
    if (action !== undefined && field.test(action)) return 'SECRET';
    return String(JSON.parse(action ?? 'not closed'));
  });
}

/** A made-up product that puts the setting `text`, and the list `list` as JSON, wherever a product can put anything. */
export const PRODUCT = `
  const key = generatedSecret({ name: 'key' });
  const text = setting('text');
  const canary = defineProduct({
    name: 'canary',
    displayName: 'Canary',
    apex: 'canary.example',
    backing: [key],
    settings: z.strictObject({ text: z.string(), list: z.array(z.string()).default([]) }),
    uniqueSettings: ['text', 'list'],
    annotations: { 'example.com/text': text, 'example.com/all': concat('<', text, tenant.displayName, '>') },
    services: {
      web: {
        image: 'example.com/web:1',
        port: 8080,
        command: ['run', text],
        args: ['--list', setting('list'), concat('--text=', text)],
        env: {
          TEXT: text,
          LIST: setting('list'),
          NAME: tenant.displayName,
          CONTACT: tenant.contact,
          SECRET: concat(text, key.value, text),
        },
        files: { '/etc/text': text, '/etc/secret': concat(key.value, text) },
        resources: { requests: { cpu: 0.1, memoryMiB: 64 }, limits: { cpu: 0.1, memoryMiB: 64 } },
      },
    },
    jobs: { migrate: { service: 'web', command: ['migrate', text], env: { JOB: concat(text, '!') } } },
    routes: [{ paths: { '/': 'web' } }],
    plans: { basic: { features: {} } },
  });`;

/** The example's platform with that product on offer. */
export function withCanary(platform: string): string {
  const names = 'concat, definePlatform, defineProduct, generatedSecret, setting, tenant';
  return platform
    .replace(
      /import \{ definePlatform \} from 'tenantry';/,
      `import { ${names} } from 'tenantry';\nimport { z } from 'zod';`,
    )
    .replace('export const {', `${PRODUCT}\nexport const {`)
    .replace('products: [', 'products: [canary, ');
}

export interface Texts {
  readonly text: string;
  readonly list: readonly string[];
  readonly displayName: string;
  readonly contact: string;
}

interface Container {
  readonly command: readonly string[];
  readonly args: readonly string[];
  readonly env: readonly { readonly name: string; readonly value?: string }[];
}

/** The parts of objects that a test looks at, whatever their kind. */
interface Found extends KubeObject {
  readonly metadata: KubeObject['metadata'] & { readonly annotations: Readonly<Record<string, string>> };
  readonly data: Readonly<Record<string, string>>;
  readonly spec: {
    readonly template: { readonly spec: { readonly containers: readonly [Container] } };
    readonly target: { readonly template: { readonly data: Readonly<Record<string, string>> } };
  };
}

const READ = /^kind: (Namespace|Deployment|Job|ConfigMap|ExternalSecret)$/m;

/** Every sink of a tenant's manifest, read as YAML of a version: what arrives there, by a name of the sink. */
export function arrived(manifest: string, version: '1.1' | '1.2'): Record<string, unknown> {
  // Parsing takes long, and most documents hold no text of the tenant's.
  const those = manifest.split(/^---\n/m).filter((text) => READ.test(text));
  const all = objects(those.join('---\n'), version) as Found[];
  const find = (kind: string, name: string): Found => {
    const found = all.find((object) => object.kind === kind && object.metadata.name.startsWith(name));
    if (found === undefined) throw new Error(`no ${kind} ${name}`);
    return found;
  };
  const web = find('Deployment', 'web').spec.template.spec.containers[0];
  const job = find('Job', 'migrate').spec.template.spec.containers[0];
  const value = (container: Container, name: string) => container.env.find((it) => it.name === name)?.value;
  const env = (container: Container, name: string) => expand(value(container, name) ?? 'missing');
  const { annotations } = find('Namespace', '').metadata;
  const { SECRET = '', 'file.1': secretFile = '' } = find('ExternalSecret', 'web-secrets').spec.target.template.data;
  return {
    command: web.command.map(expand),
    args: web.args.map(expand),
    text: env(web, 'TEXT'),
    list: env(web, 'LIST'),
    name: env(web, 'NAME'),
    contact: env(web, 'CONTACT'),
    secret: [value(web, 'SECRET'), execute(SECRET)],
    file: find('ConfigMap', 'web-files').data['file.0'],
    secretFile: execute(secretFile),
    jobCommand: job.command.map(expand),
    jobEnv: env(job, 'JOB'),
    jobText: env(job, 'TEXT'),
    annotation: annotations['example.com/text'],
    both: annotations['example.com/all'],
    annotatedName: annotations['tenantry.dev/display-name'],
    annotatedContact: annotations['tenantry.dev/contact'],
  };
}

/** What should arrive there. */
export function meant({ text, list, displayName, contact }: Texts): Record<string, unknown> {
  const json = JSON.stringify(list);
  return {
    command: ['run', text],
    args: ['--list', json, `--text=${text}`],
    text,
    list: json,
    name: displayName,
    contact,
    secret: [undefined, `${text}SECRET${text}`],
    file: text,
    secretFile: `SECRET${text}`,
    jobCommand: ['migrate', text],
    jobEnv: `${text}!`,
    jobText: text,
    annotation: text,
    both: `<${text}${displayName}>`,
    annotatedName: displayName,
    annotatedContact: contact,
  };
}
