import fc from 'fast-check';
import {
  cron,
  cronWeekly,
  formatTime,
  parseTime,
  slotFor,
  type Window,
  weekdayFor,
  window,
} from '../../lib/model/schedule';

const minute = fc.integer({ min: 0, max: 1439 });
const anyWindow: fc.Arbitrary<Window> = fc.record({ from: minute, length: fc.integer({ min: 1, max: 1440 }) });
const night: Window = { from: 22 * 60, length: 480 };

function isInside(at: number, { from, length }: Window): boolean {
  return (at - from + 1440) % 1440 < length;
}

test('reads a time of the day as its minute and writes it back', () => {
  expect(parseTime('02:00')).toEqual({ minute: 120 });
  expect(parseTime('23:59')).toEqual({ minute: 1439 });
  fc.assert(fc.property(minute, (at) => expect(parseTime(formatTime(at))).toEqual({ minute: at })));
});

test.each(['24:00', '2:00', '02:60', '0200', '', '02:00 ', '02:00:00', '-1:00'])('refuses the time %j', (text) => {
  expect(parseTime(text).problem).toBe(
    `expected a time in UTC, got ${JSON.stringify(text)} - write 00:00 to 23:59, such as "02:30"`,
  );
});

test('reads a window, also one across midnight', () => {
  expect(window({ from: '01:00', to: '03:30' })).toEqual({ window: { from: 60, length: 150 } });
  expect(window({ from: '22:00', to: '06:00' })).toEqual({ window: night });
  expect(window({ from: '00:00', to: '23:59' })).toEqual({ window: { from: 0, length: 1439 } });
});

test('refuses a window whose end is its beginning, and one whose ends are no times', () => {
  expect(window({ from: '02:00', to: '02:00' }).problem).toBe(
    'expected a window, got "02:00" twice - write two times, or 00:00 to 23:59 for the day',
  );
  expect(window({ from: '2', to: '02:00' }).problem).toMatch(/^from: expected a time in UTC, got "2"/);
  expect(window({ from: '02:00', to: '25:00' }).problem).toMatch(/^to: expected a time in UTC, got "25:00"/);
});

test('gives every id a minute inside the window', () => {
  fc.assert(
    fc.property(fc.string(), anyWindow, (id, within) => expect(isInside(slotFor(id, within), within)).toBe(true)),
  );
});

test('gives an id the same minute for ever', () => {
  // Computed once more with Python's hashlib.
  expect(formatTime(slotFor('acme-debates', night))).toBe('22:49');
  expect(weekdayFor('acme-debates')).toBe(2);
});

test('spreads tenants evenly over the window, and over the week independently of that', () => {
  const ids = Array.from({ length: 20_000 }, (_, i) => `tenant-${i}`);
  const chiSquare = (places: number, place: (id: string) => number) => {
    const found = ids.map(place);
    const counts = Array.from({ length: places }, (_, index) => found.filter((one) => one === index).length);
    const mean = ids.length / places;
    return counts.reduce((sum, count) => sum + (count - mean) ** 2 / mean, 0);
  };
  // Mean of the distribution plus five deviations.
  const bound = (places: number) => places - 1 + 5 * Math.sqrt(2 * (places - 1));
  const offset = (id: string) => (slotFor(id, night) - night.from + 1440) % 1440;
  expect(chiSquare(480, offset)).toBeLessThan(bound(480));
  expect(chiSquare(7, weekdayFor)).toBeLessThan(bound(7));
  const week: Window = { from: 0, length: 7 };
  expect(chiSquare(49, (id) => slotFor(id, week) * 7 + weekdayFor(id))).toBeLessThan(bound(49));
});

test('writes cron expressions for a day and for a weekday', () => {
  expect(cron(197)).toBe('17 3 * * *');
  expect(cron(0)).toBe('0 0 * * *');
  expect(cron(120)).toBe('0 2 * * *');
  expect(cron(1439, 0)).toBe('59 23 * * 0');
});

test.each([-1, 1440, 1.5, Number.NaN])('refuses the minute %p', (at) => {
  expect(() => cron(at)).toThrow(`expected a minute of the day from 0 to 1439, got ${at}`);
  expect(() => formatTime(at)).toThrow('minute of the day');
});

test('gives a weekly run the minute of the id and a weekday', () => {
  fc.assert(
    fc.property(fc.string(), anyWindow, (id, within) => {
      expect(cronWeekly(id, within)).toBe(cron(slotFor(id, within), weekdayFor(id)));
      expect(cronWeekly(id, within)).toMatch(/^\d{1,2} \d{1,2} \* \* [0-6]$/);
    }),
  );
});
