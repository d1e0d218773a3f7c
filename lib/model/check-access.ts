import { identityProblem, roleProblem } from './access';
import { TAKEN } from './check-services';
import { show } from './errors';
import { LIMITS } from './names';
import type { ProductScope } from './product-scope';

/** What is wrong with the roles and identities of a product. */

export function checkAccess(scope: ProductScope): void {
  const { product, services, backing, shared, sharedBacking } = scope;
  for (const [name, role] of Object.entries(product.roles)) {
    for (const [i, rule] of role.rules.entries()) {
      const problem = roleProblem(rule);
      if (problem !== null)
        scope.add(`roles.${name}.rules[${i}]`, problem, 'remove it; people reach that through a reviewed pull request');
    }
  }
  checkIdentities(scope, {
    path: 'identities',
    identities: product.identities,
    variables: { id: 'x1' },
    taken: [...TAKEN, ...services, ...Object.keys(product.jobs), ...backing],
  });
  // Those of shared services are in a namespace of their own, which knows no tenant's id.
  checkIdentities(scope, {
    path: 'shared.identities',
    identities: product.shared?.identities ?? {},
    variables: {},
    taken: [...TAKEN, ...shared, ...Object.keys(product.shared?.jobs ?? {}), ...sharedBacking],
  });
}

// --- internal ---

/** Identities of one namespace. */
interface Identities {
  readonly path: string;
  readonly identities: Readonly<Record<string, Omit<ProductScope['product']['identities'][string], 'by'>>>;
  /** What the templates of their accounts know. */
  readonly variables: Readonly<Record<string, string>>;
  /** Accounts that are somebody else's there. */
  readonly taken: readonly string[];
}

function checkIdentities(scope: ProductScope, all: Identities): void {
  const accounts = new Set<string>();
  for (const [name, { serviceAccount, rules, reason }] of Object.entries(all.identities)) {
    checkAccount(scope, `${all.path}.${name}.serviceAccount`, serviceAccount, all, accounts);
    for (const [i, rule] of rules.entries()) {
      const problem = identityProblem(rule, reason);
      if (problem !== null)
        scope.add(`${all.path}.${name}.rules[${i}]`, problem, 'narrow it, or say in reason why the product needs it');
    }
  }
}

/** An account with rights must be nobody else's, whatever the tenant is called: every workload has one of its own name. */
function checkAccount(
  scope: ProductScope,
  path: string,
  template: string,
  { variables, taken }: Identities,
  accounts: Set<string>,
): void {
  const account = scope.template(path, template, variables);
  if (account === null) return;
  if (!/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(account))
    scope.add(path, `${show(account)} can be no account`, 'write lower-case letters, digits and "-"');
  // A tenant's is cut where it is longer.
  else if (!Object.hasOwn(variables, 'id') && account.length > LIMITS.dnsLabel)
    scope.add(path, `${show(account)} is too long for an account`, `write at most ${LIMITS.dnsLabel} characters`);
  if (accounts.has(account)) scope.add(path, `${show(template)} is another identity's account`, 'rename one of them');
  accounts.add(account);
  const [head = '', ...tail] = template.split('{id}').map((text) => text.replace(/[^a-z0-9-]/g, '\\$&'));
  // The same id in every place: what the first one takes, the others repeat.
  const id = (i: number) => (i === 0 ? '([a-z][a-z0-9-]*[a-z0-9])' : '\\1');
  const ofSomeTenant = new RegExp(`^${head}${tail.map((text, i) => `${id(i)}${text}`).join('')}$`);
  const met = taken.find((name) => ofSomeTenant.test(name));
  if (met !== undefined)
    scope.add(path, `${show(template)} can be ${show(met)}, which is the account of something else`, 'rename it');
}
