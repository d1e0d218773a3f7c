import type { Construct } from 'constructs';
import type { Engine, PlatformData, Server } from '../model/platform';
import { AuthentikDefaults, AuthentikProvider } from './authentik';
import { MinioProvider } from './minio';
import { MysqlProvider } from './mysql';
import { PostgresqlProvider } from './postgresql';

/** A provider for each server, made when something of it is needed. */
export class Servers {
  readonly #made = new Map<string, unknown>();

  constructor(
    private readonly scope: Construct,
    private readonly platform: PlatformData,
  ) {}

  postgresql(name: string): PostgresqlProvider {
    return this.once(name, () => new PostgresqlProvider(this.scope, name, this.server(name, 'postgresql')));
  }

  mysql(name: string): MysqlProvider {
    return this.once(name, () => new MysqlProvider(this.scope, name, this.server(name, 'mysql')));
  }

  minio(name: string): MinioProvider {
    return this.once(name, () => new MinioProvider(this.scope, name, this.server(name, 's3')));
  }

  authentik(name: string): AuthentikProvider {
    return this.once(name, () => new AuthentikProvider(this.scope, name, this.server(name, 'oidc')));
  }

  authentikDefaults(name: string): AuthentikDefaults {
    return this.once(`${name} defaults`, () => new AuthentikDefaults(this.scope, `on-${name}`, this.authentik(name)));
  }

  private server<E extends Engine>(name: string, engine: E): Extract<Server, { readonly engine: E }> {
    const server = this.platform.servers[name];
    if (server?.engine !== engine) throw new Error(`${name} is no server of ${engine}`);
    return server as Extract<Server, { readonly engine: E }>;
  }

  private once<T>(name: string, make: () => T): T {
    const known = this.#made.get(name);
    if (known !== undefined) return known as T;
    const made = make();
    this.#made.set(name, made);
    return made;
  }
}
