/** Real samples, damaged in the ways that wires, exporters and half-written files damage them. */
import fc from 'fast-check';

/** What may stand in any place of a JSON text. */
const strange: readonly unknown[] = [
  ...[null, true, false, -1, -0, 0, 1, 0.5, 1e9, 1e12, 1e12 + 1, 2 ** 53, 1e308, -1e308, 1e-320],
  ...[
    '',
    ' ',
    '0',
    '-1',
    '1e999',
    'NaN',
    'Infinity',
    '12.5',
    '0x10',
    '١٢',
    '9'.repeat(400),
    '\ud800',
    '\0',
    'x'.repeat(1001),
  ],
  ...[
    '2026-11-22T12:00:00Z',
    '2026-13-45',
    '+275760-09-13T00:00:00.001Z',
    '18446744073709551615',
    '__proto__',
    'constructor',
  ],
  ...[
    [],
    {},
    [[[]]],
    [null],
    [0],
    { value: 1 },
    { length: 3 },
    { toString: 1 },
    JSON.parse('{"__proto__":{"usage":{}}}'),
  ],
];

/** A value so deep that whoever walks it by calling itself had better not. */
const deep = (n: number): unknown => JSON.parse('['.repeat(n) + ']'.repeat(n));

interface Slot {
  readonly holder: Record<string, unknown>;
  readonly key: string;
}

function slotsOf(value: unknown, found: Slot[] = []): Slot[] {
  if (typeof value === 'object' && value !== null) {
    for (const [key, inner] of Object.entries(value)) {
      found.push({ holder: value as Record<string, unknown>, key });
      slotsOf(inner, found);
    }
  }
  return found;
}

/** One change of a JSON value: an order and two numbers that choose where. */
type Change = readonly [
  kind: 'replace' | 'remove' | 'swap' | 'copy' | 'scale' | 'text' | 'deepen',
  a: number,
  b: number,
];

const change: fc.Arbitrary<Change> = fc.tuple(
  fc.constantFrom('replace', 'replace', 'remove', 'swap', 'copy', 'scale', 'text', 'deepen'),
  fc.nat(),
  fc.nat(),
);

function apply(value: unknown, [kind, a, b]: Change): void {
  const slots = slotsOf(value);
  // Counts are few among the fields and matter most.
  const counts = slots.filter(({ holder, key }) => typeof holder[key] === 'number');
  const from = a % 3 > 0 && counts.length > 0 ? counts : slots;
  const one = from[a % from.length];
  const other = from[b % from.length];
  if (!one || !other) {
    return;
  }
  const now = one.holder[one.key];
  switch (kind) {
    case 'replace':
      one.holder[one.key] = structuredClone(strange[b % strange.length]);
      break;
    case 'remove':
      delete one.holder[one.key];
      break;
    case 'swap':
      [one.holder[one.key], other.holder[other.key]] = [structuredClone(other.holder[other.key]), structuredClone(now)];
      break;
    case 'copy':
      one.holder[other.key] = structuredClone(now);
      break;
    case 'scale':
      one.holder[one.key] = typeof now === 'number' ? now * ([2, 10, 1e6, 1e9, -1][b % 5] ?? 1) : now;
      break;
    case 'text':
      one.holder[one.key] = typeof now === 'number' ? String(now) : now;
      break;
    case 'deepen':
      one.holder[one.key] = deep(2 + (b % 500));
      break;
  }
}

/** JSON texts like this one, with up to four of its values changed. */
export function likeJson(text: string): fc.Arbitrary<string> {
  return fc.array(change, { minLength: 1, maxLength: 4 }).map(changes => {
    const value: unknown = JSON.parse(text);
    for (const each of changes) {
      apply(value, each);
    }
    return JSON.stringify(value);
  });
}

/** Lines like these: values in one of them changed, lines left out, doubled, out of order, cut. */
export function likeLines(lines: readonly string[]): fc.Arbitrary<string[]> {
  const edits = fc.tuple(
    fc.constantFrom('change', 'drop', 'double', 'swap', 'cut'),
    fc.nat(),
    fc.array(change, { minLength: 1, maxLength: 3 }),
  );
  return fc.array(edits, { minLength: 1, maxLength: 5 }).map(all => {
    const result = [...lines];
    for (const [kind, n, changes] of all) {
      const at = n % Math.max(1, result.length);
      const line = result[at] ?? '{}';
      if (kind === 'change') {
        result[at] = changeLine(line, changes);
      } else if (kind === 'drop') {
        result.splice(at, 1);
      } else if (kind === 'double') {
        result.splice((n * 7) % (result.length + 1), 0, line);
      } else if (kind === 'swap') {
        result.reverse();
      } else {
        result[at] = line.slice(0, n % (line.length + 1));
      }
    }
    return result;
  });
}

function changeLine(line: string, changes: readonly Change[]): string {
  const [, before = '', json = line] = /^((?:data|event): ?)?(.*)$/s.exec(line) ?? [];
  try {
    const value: unknown = JSON.parse(json);
    for (const each of changes) {
      apply(value, each);
    }
    return before + JSON.stringify(value);
  } catch {
    return line;
  }
}

/** Bytes like these: some flipped, cut out, doubled. */
export function likeBytes(bytes: Uint8Array): fc.Arbitrary<Uint8Array> {
  const edit = fc.tuple(fc.constantFrom('flip', 'cut', 'end', 'double'), fc.nat(), fc.integer({ min: 1, max: 255 }));
  return fc.array(edit, { minLength: 1, maxLength: 6 }).map(edits => {
    let result = Uint8Array.from(bytes);
    for (const [kind, n, byte] of edits) {
      const at = n % Math.max(1, result.length);
      if (kind === 'flip') {
        result[at] = (result[at] ?? 0) ^ byte;
      } else if (kind === 'cut') {
        result = Uint8Array.from([...result.subarray(0, at), ...result.subarray(at + byte)]);
      } else if (kind === 'end') {
        result = result.slice(0, at);
      } else {
        result = Uint8Array.from([...result.subarray(0, at), ...result.subarray(Math.max(0, at - byte))]);
      }
    }
    return result;
  });
}
