/** Powers of 1000 in Kubernetes' DecimalSI and of 1024 in its BinarySI (apimachinery, `resource.Quantity`). */
const DECIMAL: readonly string[] = ['', 'k', 'M', 'G', 'T', 'P', 'E'];
const BINARY: readonly string[] = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];
const BELOW_ONE: Readonly<Record<string, number>> = { m: -3, u: -6, n: -9 };

/** Writes a safe integer with the greatest suffix that leaves it whole, as the API server does; the list suffices. */
function scale(amount: number, base: number, suffixes: readonly string[]): string {
  let rest = amount;
  let power = 0;
  while (rest !== 0 && rest % base === 0) {
    rest /= base;
    power += 1;
  }
  return `${rest}${suffixes[power]}`;
}

function whole(amount: number, given: number, expected: string): number {
  // Sums of decimals carry noise (0.1 + 0.2); a millionth of the smallest unit is never meant.
  const rounded = Math.round(amount);
  if (!Number.isSafeInteger(rounded) || rounded < 0 || Math.abs(amount - rounded) > 1e-6) {
    throw new Error(`expected ${expected}, got ${given}`);
  }
  return rounded;
}

/**
 * A number of cores as the API server writes it back: `0.25` is `250m`, `2` is `2`, `1000` is `1k`.
 * Kubernetes counts CPU in thousandths of a core; anything finer is refused.
 */
export function cpu(cores: number): string {
  const milli = whole(cores * 1000, cores, 'a number of cores of at least 0 with up to 3 decimals');
  return milli % 1000 === 0 ? scale(milli / 1000, 1000, DECIMAL) : `${milli}m`;
}

function kibibytes(amount: number, given: number, unit: string): string {
  const kib = whole(amount, given, `a number of ${unit} of at least 0 that is a whole number of KiB`);
  return kib === 0 ? '0' : scale(kib, 1024, BINARY.slice(1));
}

/** An amount of memory in MiB: `512` is `512Mi`, `2048` is `2Gi`, `0.5` is `512Ki`. */
export function memory(mib: number): string {
  return kibibytes(mib * 1024, mib, 'MiB');
}

/** An amount of storage in GiB: `10` is `10Gi`, `1024` is `1Ti`, `0.5` is `512Mi`. */
export function storage(gib: number): string {
  return kibibytes(gib * 1024 ** 2, gib, 'GiB');
}

/** Signed number, then a suffix or an exponent; the grammar of `resource.Quantity`. */
const QUANTITY = /^([+-]?(?:\d+\.?\d*|\.\d+))(?:([numkMGTPE]|[KMGTPE]i)|[eE]([+-]?\d+))?$/;

/**
 * The value of a Kubernetes quantity in its base unit (cores, bytes, pieces): `1500m` is 1.5, `2Gi` is 2147483648.
 * Throws on what the API server refuses, such as `4GB` or `1 Gi`.
 */
export function parseQuantity(text: string): number {
  const match = QUANTITY.exec(text);
  if (match === null) {
    throw new Error(`expected a quantity such as "250m", "2" or "512Mi", got ${JSON.stringify(text)}`);
  }
  const [, number = '', suffix = '', exponent] = match;
  const binary = BINARY.indexOf(suffix);
  if (binary > 0) return Number(number) * 1024 ** binary;
  // Read as one literal, so that the result is rounded once: 0.3m is 0.0003, not 0.3 / 1000.
  const power = exponent ?? BELOW_ONE[suffix] ?? DECIMAL.indexOf(suffix) * 3;
  return Number(`${number}e${power}`);
}
