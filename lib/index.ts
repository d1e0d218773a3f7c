export { buckets } from './backing/bucket';
export { mysql } from './backing/mysql';
export { oauthClient } from './backing/oauth-client';
export { postgresql } from './backing/postgresql';
export { postgresqlRows } from './backing/postgresql-rows';
export { rabbitmq } from './backing/rabbitmq';
export { redis } from './backing/redis';
export { generatedSecret } from './backing/secret';
export { formatProblem, type Problem, TenantryError } from './model/errors';
export type { BackingService, Claim, Offer, OfferContext, Peer, WithOutputs } from './model/offer';
export { definePlatform, type Platform, type PlatformInput } from './model/platform';
export { defineProduct, type Product, type ProductInput } from './model/product';
export { resolve } from './model/resolve';
export type { Space, Tenant } from './model/resolved';
export type { DefineTenant, TenantFile, TenantInput } from './model/tenant';
export {
  concat,
  endpoint,
  feature,
  item,
  limit,
  output,
  publicUrl,
  secret,
  serviceHost,
  serviceUrl,
  setting,
  sharedUrl,
  tenant,
  type Value,
  when,
} from './model/values';
