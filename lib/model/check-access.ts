import { identityProblem, roleProblem } from './access';
import { TAKEN } from './check-services';
import { show } from './errors';
import type { ProductScope } from './product-scope';

/** What is wrong with the roles and identities of a product. */

export function checkAccess(scope: ProductScope): void {
  for (const [name, role] of Object.entries(scope.product.roles)) {
    for (const [i, rule] of role.rules.entries()) {
      const problem = roleProblem(rule);
      if (problem !== null)
        scope.add(`roles.${name}.rules[${i}]`, problem, 'remove it; people reach that through a reviewed pull request');
    }
  }
  const accounts = new Set<string>();
  for (const [name, identity] of Object.entries(scope.product.identities)) {
    checkAccount(scope, `identities.${name}.serviceAccount`, identity.serviceAccount, accounts);
    for (const [i, rule] of identity.rules.entries()) {
      const problem = identityProblem(rule, identity.reason);
      if (problem !== null)
        scope.add(`identities.${name}.rules[${i}]`, problem, 'narrow it, or say in reason why the product needs it');
    }
  }
}

// --- internal ---

/** An account with rights must be nobody else's, whatever the tenant is called: every workload has one of its own name. */
function checkAccount(scope: ProductScope, path: string, template: string, accounts: Set<string>): void {
  const account = scope.template(path, template, { id: 'x1' });
  if (account === null) return;
  if (!/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(account))
    scope.add(path, `${show(account)} can be no account`, 'write lower-case letters, digits and "-"');
  if (accounts.has(account)) scope.add(path, `${show(template)} is another identity's account`, 'rename one of them');
  accounts.add(account);
  const [head = '', ...tail] = template.split('{id}').map((text) => text.replace(/[^a-z0-9-]/g, '\\$&'));
  // The same id in every place: what the first one takes, the others repeat.
  const id = (i: number) => (i === 0 ? '([a-z][a-z0-9-]*[a-z0-9])' : '\\1');
  const ofSomeTenant = new RegExp(`^${head}${tail.map((text, i) => `${id(i)}${text}`).join('')}$`);
  const taken = [...TAKEN, ...scope.services, ...Object.keys(scope.product.jobs), ...scope.backing];
  const met = taken.find((name) => ofSomeTenant.test(name));
  if (met !== undefined)
    scope.add(path, `${show(template)} can be ${show(met)}, which is the account of something else`, 'rename it');
}
