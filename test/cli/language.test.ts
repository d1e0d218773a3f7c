import { inOneLanguage } from '../../lib/cli/language';

/** What the machine says, in a language that is not the one of registries. */
const asked = () => [
  (1234.5).toLocaleString(),
  1234n.toLocaleString(),
  ['z', 'ä'].sort((a, b) => a.localeCompare(b)).join(),
  'I'.toLocaleLowerCase(),
  'i'.toLocaleUpperCase(),
  new Date(Date.UTC(2026, 0, 2)).toLocaleDateString(undefined, { timeZone: 'UTC' }),
  new Intl.NumberFormat().format(0.5),
  Intl.DateTimeFormat().resolvedOptions().locale,
  [1.5, 2.5].toLocaleString(),
];
const english = ['1,234.5', '1,234', 'ä,z', 'i', 'I', '1/2/2026', '0.5', 'en-US', '1.5,2.5'];

test('what is told no language speaks the one of registries, and what is told one keeps to it', async () => {
  expect(await inOneLanguage(async () => asked())).toEqual(english);
  await inOneLanguage(async () => {
    expect((1234.5).toLocaleString('de')).toBe('1.234,5');
    expect('I'.toLocaleLowerCase('tr')).toBe('ı');
    expect(['z', 'ä'].sort((a, b) => a.localeCompare(b, 'sv'))).toEqual(['z', 'ä']);
    expect(new Intl.NumberFormat('de') instanceof Intl.NumberFormat).toBe(true);
    expect(Intl.NumberFormat.supportedLocalesOf('de')).toEqual(['de']);
  });
});

test('everything is put back after the last of several, errors or not', async () => {
  const own = [String.prototype.localeCompare, Number.prototype.toLocaleString, Intl.Collator];
  let finish = (): void => {};
  const first = inOneLanguage(
    () =>
      new Promise<void>((resolve) => {
        finish = resolve;
      }),
  );
  await expect(inOneLanguage(() => Promise.reject(new Error('no luck')))).rejects.toThrow('no luck');
  expect(String.prototype.localeCompare).not.toBe(own[0]);
  finish();
  await first;
  expect([String.prototype.localeCompare, Number.prototype.toLocaleString, Intl.Collator]).toEqual(own);
});
