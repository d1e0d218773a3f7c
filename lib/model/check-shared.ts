import { show } from './errors';
import { formatPath } from './explain';
import { BUILT_IN_ALERTS } from './plan-schema';
import type { Rows } from './product';
import type { ProductScope } from './product-scope';
import { holdsTenant, uniqueItemIn } from './row-keys';
import { references, type Value } from './values';

/** What is wrong with what shared services are told of tenants, and with what a product says of all its tenants. */

export function checkProjection(scope: ProductScope): void {
  const projection = scope.product.shared?.projection ?? null;
  if (projection === null) return;
  const path = 'shared.projection';
  for (const [name, value] of Object.entries(projection.facts))
    scope.checkValue(formatPath(`${path}.facts`, [name]), value, 'tenant');
  for (const [name, value] of Object.entries(projection.secrets))
    scope.checkValue(formatPath(`${path}.secrets`, [name]), value, 'tenant');
  if (projection.rows !== null) checkRows(scope, `${path}.rows`, projection.rows);
}

/** Shared services that act as an identity must be somebody themselves. */
export function checkActing(scope: ProductScope): void {
  const { identities, shared } = scope.product;
  for (const [name, { by }] of Object.entries(identities)) {
    for (const service of by) {
      const path = `identities.${name}.by`;
      scope.known(path, 'shared service', service, scope.shared);
      if (shared?.services[service]?.identity === null)
        scope.add(
          path,
          `${show(service)} has no identity to ask for tokens with`,
          'write identity in the shared service',
        );
    }
  }
}

export function checkSettingLimits(scope: ProductScope): void {
  for (const [setting, limit] of Object.entries(scope.product.settingLimits)) {
    const path = formatPath('settingLimits', [setting]);
    scope.checkSetting(path, setting, true);
    scope.known(path, 'limit', limit, scope.limits);
  }
}

export function checkMonitoring(scope: ProductScope): void {
  const { metricLabels, alerts, plans } = scope.product;
  for (const [name, value] of Object.entries(metricLabels))
    scope.checkValue(formatPath('metricLabels', [name]), value, 'tenant', 'labels of metrics');
  for (const name of Object.keys(alerts)) {
    if (BUILT_IN_ALERTS.includes(name))
      scope.add(`alerts.${name}`, 'an alert that every cluster with monitoring has already', 'rename it');
  }
  for (const [name, plan] of Object.entries(plans)) {
    for (const alert of Object.keys(plan.alerts)) {
      const path = `plans.${name}.alerts.${alert}`;
      scope.known(path, 'alert', alert, Object.keys(alerts));
      const found = Object.hasOwn(alerts, alert) ? alerts[alert] : undefined;
      if (found !== undefined && 'of' in found && found.of === 'scaled-up')
        scope.add(path, 'an alert without a threshold', 'remove it');
    }
  }
}

// --- internal ---

function checkRows(scope: ProductScope, path: string, rows: Rows): void {
  const { sharedBacking } = scope.product;
  scope.known(`${path}.in`, 'backing service of the shared services', rows.in, scope.sharedBacking);
  const kind = sharedBacking.find(({ name }) => name === rows.in)?.kind;
  if (kind !== undefined && kind !== 'postgresql' && kind !== 'mysql')
    scope.add(`${path}.in`, `${show(rows.in)} holds no tables`, 'name a PostgreSQL or MySQL of the shared services');
  if (rows.each !== null) scope.checkSetting(`${path}.each`, rows.each, true);
  if (kind === 'mysql' && Object.keys(rows.session).length > 0)
    scope.add(`${path}.session`, 'settings of a transaction are PostgreSQL’s', 'remove them');
  for (const key of rows.key) scope.known(`${path}.key`, 'column', key, Object.keys(rows.columns));
  const isTold = rows.key.some((key) => holdsTenant(rows.columns[key]) || uniqueItemIn(scope.product, rows, key));
  if (!isTold && rows.key.every((key) => Object.hasOwn(rows.columns, key)))
    scope.add(
      `${path}.key`,
      'no column that tells tenants apart, so that one writes over the row of another',
      `write tenant.id in one of them, before all else that differs${rows.each === null ? '' : ', or an item(...) that is among uniqueSettings'}`,
    );
  for (const [column, value] of Object.entries(rows.columns))
    checkCell(scope, `${path}.columns.${column}`, value, rows.each !== null);
  for (const [place, values] of [
    ['session', rows.session],
    ['retire.where', rows.retire?.where ?? {}],
    ['retire.set', rows.retire?.set ?? {}],
  ] as const)
    for (const [column, value] of Object.entries(values))
      checkCell(scope, formatPath(`${path}.${place}`, [column]), value, false);
  if (rows.retire === null) return;
  for (const place of ['where', 'set'] as const)
    if (Object.keys(rows.retire[place]).length === 0)
      scope.add(`${path}.retire.${place}`, 'no column', 'write one, or remove retire');
  const found = Object.values(rows.retire.where);
  if (found.length > 0 && !found.some(holdsTenant))
    scope.add(
      `${path}.retire.where`,
      'no column that tells tenants apart, so that rows of others are found',
      'write tenant.id in one of them, before all else that differs',
    );
}

/** A column is for everybody to read who reads the manifests. */
function checkCell(scope: ProductScope, path: string, value: Value, isItem: boolean): void {
  scope.checkValue(path, value, isItem ? 'row' : 'tenant');
  references(value, ({ source, name, output }) => {
    const isSecretOutput = source === 'backing' && SECRET_OUTPUTS.includes(output);
    if (isSecretOutput)
      scope.add(path, `the secret ${name}.${output} in a row`, 'move it to secrets of the projection');
  });
}

const SECRET_OUTPUTS: readonly string[] = ['password', 'url', 'readUrl', 'value', 'clientSecret', 'secretAccessKey'];
