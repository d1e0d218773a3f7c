/** The language that a registry is reckoned in, so that sorting and formatting never depend on the machine's. */
const LANGUAGE = 'en-US';

/** Functions that ask the machine where they are told no language, and which of their arguments it is. */
const FUNCTIONS: readonly (readonly [owner: object, argument: number, ...names: string[]])[] = [
  [String.prototype, 1, 'localeCompare'],
  [String.prototype, 0, 'toLocaleLowerCase', 'toLocaleUpperCase'],
  [Number.prototype, 0, 'toLocaleString'],
  [BigInt.prototype, 0, 'toLocaleString'],
  [Date.prototype, 0, 'toLocaleString', 'toLocaleDateString', 'toLocaleTimeString'],
  [
    Intl,
    0,
    'Collator',
    'DateTimeFormat',
    'ListFormat',
    'NumberFormat',
    'PluralRules',
    'RelativeTimeFormat',
    'Segmenter',
  ],
];

/** How many run at the moment, and what puts the machine's own back after the last of them. */
let running = 0;
let restore = (): void => {};

/** Runs in one language, wherever it runs. The functions are replaced once and for all of it, since code that runs notices. */
export async function inOneLanguage<T>(run: () => Promise<T>): Promise<T> {
  if (running === 0) restore = replaceAll();
  running += 1;
  try {
    return await run();
  } finally {
    running -= 1;
    if (running === 0) restore();
  }
}

// --- internal ---

function replaceAll(): () => void {
  const back: (() => void)[] = [];
  for (const [owner, argument, ...names] of FUNCTIONS) {
    for (const name of names) {
      const own = Object.getOwnPropertyDescriptor(owner, name);
      if (own === undefined) continue;
      Object.defineProperty(owner, name, { ...own, value: told(own.value as object, argument) });
      back.push(() => Object.defineProperty(owner, name, own));
    }
  }
  return () => {
    for (const putBack of back) putBack();
  };
}

/** The same function, told the language where its caller tells none. */
function told<T extends object>(target: T, argument: number): T {
  const filled = (args: unknown[]): unknown[] => {
    const all = [...args];
    all[argument] ??= LANGUAGE;
    return all;
  };
  return new Proxy(target, {
    apply: (called, self, args) => Reflect.apply(called as () => unknown, self, filled(args)),
    construct: (made, args, as) => Reflect.construct(made as () => unknown, filled(args), as) as object,
  });
}
