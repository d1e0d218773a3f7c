import { Console } from 'node:console';

/**
 * What the code of a registry sees instead of the globals whose values differ from run to run or machine to machine.
 * A guard against mistakes, not against malice: whoever may merge a tenant file may run code in CI anyway.
 */

/** Thrown into registry code that asks for something that a registry must not depend on. */
export class GuardError extends Error {
  constructor(
    message: string,
    readonly fix: string,
  ) {
    super(message);
  }
}

/** Node's own modules that compute from their arguments alone. */
const PURE_BUILTINS: ReadonlySet<string> = new Set([
  'assert',
  'assert/strict',
  'buffer',
  'path',
  'path/posix',
  'punycode',
  'querystring',
  'string_decoder',
  'url',
  'util',
]);

/** Whether registry code may import this module of Node. */
export function isPureBuiltin(name: string): boolean {
  return PURE_BUILTINS.has(name.replace(/^node:/, ''));
}

const VALUE = 'write the value itself, or derive it from the id';

function refuse(what: string, why: string, fix = VALUE): never {
  throw new GuardError(`a registry must not ${what}: ${why}`, fix);
}

const clock = (name: string): never => refuse('read the clock', `${name} differs from run to run`, 'write the date');

function guardedDate(): DateConstructor {
  return new Proxy(Date, {
    construct: (target, args) => (args.length === 0 ? clock('new Date()') : Reflect.construct(target, args)),
    apply: () => clock('Date()'),
    get: (target, key, receiver) => (key === 'now' ? () => clock('Date.now()') : Reflect.get(target, key, receiver)),
  });
}

function guardedMath(): Math {
  const random = (): never => refuse('be random', 'Math.random() differs from run to run');
  return Object.freeze(Object.create(Math, { random: { value: random } })) as Math;
}

function guardedProcess(): object {
  const environment = (name: string | symbol): never =>
    refuse('read the environment', `process.env.${String(name)} differs from machine to machine`);
  const env = new Proxy(Object.create(null) as object, {
    get: (_, key) => (typeof key === 'symbol' ? undefined : environment(key)),
    has: (_, key) => environment(key),
    ownKeys: () => environment('*'),
    set: (_, key) => environment(key),
  });
  return new Proxy(Object.create(null) as object, {
    get: (_, key) => {
      if (key === 'env') return env;
      // process.exit above all: a file that ends the process would end a check as if all were well.
      return typeof key === 'symbol' ? undefined : refuse('use the process', `process.${key} is not its own`);
    },
    set: (_, key) => refuse('use the process', `process.${String(key)} is not its own`),
  });
}

/** May be looked at, which many packages do while they are loaded, but not called. */
function guardedFunction(name: string, what: string): object {
  const called = (): never => refuse(what, `${name}() does`);
  return new Proxy(called, {
    construct: called,
    get: (_, key) => (typeof key === 'symbol' ? undefined : guardedFunction(`${name}.${key}`, what)),
  });
}

/** The names that registry code finds in its scope instead of the real globals. */
export function guardedScope(): Readonly<Record<string, unknown>> {
  const guarded: Record<string, unknown> = {
    Date: guardedDate(),
    Math: guardedMath(),
    process: guardedProcess(),
    // Standard output belongs to the command, which may be printing JSON.
    console: new Console(process.stderr, process.stderr),
    crypto: guardedFunction('crypto', 'be random'),
    performance: guardedFunction('performance', 'read the clock'),
    fetch: guardedFunction('fetch', 'use the network'),
  };
  for (const name of ['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask']) {
    guarded[name] = guardedFunction(name, 'do things later');
  }
  const descriptors = Object.fromEntries(Object.entries(guarded).map(([name, value]) => [name, { value }]));
  // Frozen, so that no file can leave something behind that another one would see.
  const globals: object = Object.freeze(Object.create(globalThis, descriptors));
  return { ...guarded, globalThis: globals, global: globals };
}

/** Runs with the time zone that local dates have to be in, and puts the machine's own back. */
export function inUtc<T>(run: () => T): T {
  const zone = process.env.TZ;
  process.env.TZ = 'UTC';
  try {
    return run();
  } finally {
    if (zone === undefined) delete process.env.TZ;
    else process.env.TZ = zone;
  }
}
