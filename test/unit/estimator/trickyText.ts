import fc from 'fast-check';

/** Pieces where splitting goes wrong first: cases, contractions, marks, spaces, surrogates, special-token text. */
export const trickyPiece = fc.oneof(
  fc.constantFrom("'s", "'LL", "'", '<|endoftext|>', '\r\n', '  ', '\t', '\ud800', '\udc00', '\u0301', 'ǅ', '\u00a0'),
  fc.constantFrom('A', 'b', 'É', 'é', '1', '٣', '中', '한', '😀', '𝒜', '=', '/', '.', ' ', '\n', '\u0000', '\u0085'),
  fc.string({ unit: 'grapheme', maxLength: 6 }),
  fc.nat({ max: 40 }).map(length => 'x'.repeat(length)),
);

/** A short text of such pieces. */
export const tricky = fc.array(trickyPiece, { maxLength: 30 }).map(parts => parts.join(''));
