import { z } from 'zod';
import { cut, expand } from '../model/names';
import type { Claim, Offer, OfferContext, WithOutputs } from '../model/offer';
import { templateSchema } from '../model/schemas';
import type { SecretPart } from '../model/values';
import { secretOf } from './logins';
import { withOutputs } from './outputs';
import { httpsAddress, sharedPlace } from './shared-place';

/**
 * A client of the platform's identity provider, with the exact addresses that a login may come back to. Whoever controls such an
 * address can log in as anybody who uses the client: each must be on a host that the tenant has.
 */

const HOSTS = /^hosts\.[a-z]([a-z0-9-]*[a-z0-9])?$/;

/** Of the client, and of groups of its users. */
const hasId = (text: string) => text.includes('{id}');
const NO_ID = 'expected {id} in it, so that no two tenants share it';

const clientTemplate = templateSchema
  .regex(
    /^(?!-)([a-z0-9-]|\{(id|product)\})+(?<!-)$/,
    'expected lower-case letters, digits, "-", {id} and {product}, with no hyphen at its ends',
  )
  .refine(hasId, NO_ID);

const groupTemplate = templateSchema
  .regex(/^([A-Za-z0-9._-]|\{(id|product)\})+$/, 'expected letters, digits, "._-", {id} and {product}')
  .refine(hasId, NO_ID);

const redirectTemplate = templateSchema
  .refine(
    (text) => unknownPlaceholder(text) === undefined,
    'expected {id}, {product}, {cluster}, {region}, {apex}, {domain} and {hosts.<service>} as its placeholders',
  )
  .refine(
    (text) => redirectProblem(fill(text, SAMPLE)) === undefined,
    'expected an address such as https://{hosts.web}/oauth/callback, with no port, user, fragment and wildcard',
  );

const schema = z.strictObject({
  /** Id of the client, and part of the issuer's address; `{id}` and `{product}` are known. */
  client: clientTemplate.default('{product}-{id}'),
  /**
   * Where logins come back to. `{hosts.<service>}` gives one for each host that leads to this service, `{domain}` one for each custom
   * domain; `{apex}`, `{cluster}`, `{region}`, `{id}` and `{product}` are known too. On a host that all tenants share it must have `{id}`
   * in it.
   */
  redirects: z.array(redirectTemplate).min(1),
  /** Groups whose members may use it; all users unless given. */
  groups: z.array(groupTemplate).default([]),
  /** For clients that cannot keep a secret, such as pages in a browser: PKCE instead. */
  public: z.boolean().default(false),
});

export interface OauthClientOptions<Name extends string, Public extends boolean>
  extends Omit<z.input<typeof schema>, 'public'> {
  readonly name: Name;
  /** Feature that switches it on. */
  readonly feature?: string;
  /** For clients that cannot keep a secret, which have no `clientSecret`. */
  readonly public?: Public;
}

/** What its parts in the targets need besides the offer. */
export interface OauthClientDetails extends Record<string, unknown> {
  readonly client: string;
  /** Null for a public client. */
  readonly secret: SecretPart | null;
  /** Exact addresses, in ascending order. */
  readonly redirects: readonly string[];
  readonly groups: readonly string[];
}

const OUTPUTS = ['clientId', 'issuer', 'discovery'] as const;

type OauthOutput<Public extends boolean> = (typeof OUTPUTS)[number] | (Public extends true ? never : 'clientSecret');

/** Asks for an OAuth client; refer to it by `clientId`, `clientSecret` (unless it is public), `issuer` and `discovery`. */
export function oauthClient<const Name extends string, const Public extends boolean = false>({
  name,
  feature,
  ...options
}: OauthClientOptions<Name, Public>): WithOutputs<Name, OauthOutput<Public>> {
  const isPublic = options.public === true;
  const outputs = isPublic ? OUTPUTS : ([...OUTPUTS, 'clientSecret'] as const);
  return withOutputs(
    {
      kind: 'oauth-client',
      name,
      feature: feature ?? null,
      options,
      schema,
      offer: (given, context) => offer(name, isPublic, schema.parse(given), context),
    },
    outputs as readonly OauthOutput<Public>[],
  );
}

// --- internal ---

type Options = z.output<typeof schema>;

/** Every value that a placeholder stands for, one redirect each. */
type Values = (placeholder: string) => readonly string[];

/** The option that a redirect is written in. */
const REDIRECTS = 'redirects';

/** A client's id is a label of its name in the provider, and part of an address. */
const CLIENT_LIMIT = 63;

const PLACEHOLDER = /\{([^{}]*)\}/g;

/** Stands for what is not known yet. */
const SAMPLE: Values = (placeholder) => [/^(id|product|cluster|region)$/.test(placeholder) ? 'x' : 'sample.example'];

function offer(name: string, isPublic: boolean, options: Options, context: OfferContext): Offer {
  const { id, product } = context;
  if (options.public !== isPublic) {
    context.refuse('a client that is public in one plan and not in another', 'write it in the product alone', 'public');
  }
  const place = sharedPlace(context.server('oidc'), context);
  const client = cut(expand(options.client, { id, product }), CLIENT_LIMIT);
  const secret: SecretPart = { path: context.secretPath(name), key: 'clientSecret', encode: 'none' };
  const details: OauthClientDetails = {
    client,
    secret: isPublic ? null : secret,
    redirects: redirectsOf(options.redirects, context),
    groups: [...new Set(options.groups.map((group) => expand(group, { id, product })))],
  };
  // Authentik's, which has one for each application.
  const issuer = `${httpsAddress(place)}/application/o/${client}/`;
  return {
    kind: 'oauth-client',
    name,
    provision: 'shared',
    server: place.server,
    jurisdiction: place.jurisdiction,
    claims: [
      { space: 'oauth-client', name: `${place.server}/${client}`, stateful: false, fixed: {} },
      // Whoever is in a group of another tenant's name would get in there.
      ...details.groups.map(
        (group): Claim => ({ space: 'oauth-group', name: `${place.server}/${group}`, stateful: false, fixed: {} }),
      ),
    ],
    outputs: {
      clientId: [client],
      ...(isPublic ? {} : { clientSecret: [secret] }),
      issuer: [issuer],
      discovery: [`${issuer}.well-known/openid-configuration`],
    },
    secrets: isPublic
      ? []
      : [secretOf({ password: secret, use: 'value', version: context.credential.value.version }, 64)],
    peers: [place.peer],
    dump: null,
    own: null,
    details,
  };
}

function redirectsOf(templates: readonly string[], context: OfferContext): string[] {
  const redirects = templates.flatMap((template) => {
    const addresses = fill(template, (placeholder) => valuesOf(placeholder, context));
    for (const address of addresses) checkRedirect(address, template, context);
    return addresses;
  });
  // Authentik takes the first address that anybody asks for where there are none.
  if (redirects.length === 0) {
    context.refuse(
      'no address that a login may come back to',
      'write a redirect that every tenant has a host for',
      REDIRECTS,
    );
  }
  return [...new Set(redirects)].sort();
}

function checkRedirect(address: string, template: string, context: OfferContext): void {
  const shown = JSON.stringify(template);
  if (redirectProblem([address]) !== undefined)
    context.refuse(`a redirect to ${shown}`, 'write https://<host>/<path>', REDIRECTS);
  const { hostname } = new URL(address);
  if (context.sharedHosts.includes(hostname)) {
    if (hasId(template)) return;
    context.refuse(
      `a redirect to ${shown}, which is on a host of all tenants and the same for each`,
      'write {id} in it, such as ?tenant={id}',
      REDIRECTS,
    );
  }
  if (!Object.values(context.hosts).flat().includes(hostname)) {
    context.refuse(
      `a redirect to ${shown}, which is not on a host of the tenant`,
      'write {hosts.<service>}, or a host that a route leads from',
      REDIRECTS,
    );
  }
}

function valuesOf(placeholder: string, context: OfferContext): readonly string[] {
  if (placeholder === 'id') return [context.id];
  if (placeholder === 'product') return [context.product];
  if (placeholder === 'cluster') return [context.clusterName];
  if (placeholder === 'region') return [context.cluster.region];
  if (placeholder === 'apex') return [context.apex];
  if (placeholder === 'domain') return context.domains;
  const service = placeholder.slice('hosts.'.length);
  if (!Object.hasOwn(context.hosts, service)) {
    const found = `a redirect to the hosts of ${JSON.stringify(service)}, and no route leads there`;
    context.refuse(found, 'name another', REDIRECTS);
  }
  // An address has no wildcards: it would be one for everybody below that host.
  return (context.hosts[service] ?? []).filter((host) => !host.startsWith('*'));
}

/** Each way of putting values in place of the placeholders; one value everywhere that a placeholder stands. */
function fill(template: string, values: Values): string[] {
  const names = new Set(Array.from(template.matchAll(PLACEHOLDER), ([, name = '']) => name));
  let filled = [template];
  for (const name of names) {
    filled = values(name).flatMap((value) => filled.map((text) => text.replaceAll(`{${name}}`, () => value)));
  }
  return filled;
}

function unknownPlaceholder(template: string): string | undefined {
  const names = Array.from(template.matchAll(PLACEHOLDER), ([, name = '']) => name);
  const unknown = names.find((name) => !/^(id|product|cluster|region|apex|domain)$/.test(name) && !HOSTS.test(name));
  return unknown ?? (/[{}]/.test(template.replace(PLACEHOLDER, '')) ? '' : undefined);
}

/** The first that is not an address in its one spelling, with scheme, host and path alone, and perhaps a query. */
function redirectProblem(addresses: readonly string[]): string | undefined {
  return addresses.find((address) => {
    if (!URL.canParse(address) || address.includes('*')) return true;
    const { protocol, port, username, password, hash, href } = new URL(address);
    return protocol !== 'https:' || `${port}${username}${password}${hash}` !== '' || href !== address;
  });
}
