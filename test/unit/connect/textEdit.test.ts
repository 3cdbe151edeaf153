import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TextEdit, undoSplices } from '../../../src/connect/textEdit.ts';

describe('a text that somebody else edits', () => {
  test('is followed by the stretch that changed, and leads back', () => {
    const edit = new TextEdit('{\n\t"a": 1, // mine\n}\n');
    edit.become('{\n  "a": 1,\n  "b": true, // mine\n}\n');
    expect(edit.splices).toEqual([{ at: 2, text: '  "a": 1,\n  "b": true', was: '\t"a": 1' }]);
    expect(undoSplices(edit.text, edit.splices)).toBe('{\n\t"a": 1, // mine\n}\n');
  });

  test('is left as it is when nothing changed', () => {
    const edit = new TextEdit('aa');
    edit.become('aa');
    expect(edit.splices).toEqual([]);
  });

  test('keeps of what stood there only what was replaced, however far apart', () => {
    const edit = new TextEdit('first: 1\nsecret\nlast: 1\n');
    edit.become('first: 2\nsecret\nlast: 1\n');
    edit.become('first: 2\nsecret\nlast: 2\n');
    expect(edit.splices.map(({ was }) => was)).toEqual(['1', '1']);
  });

  test('leads back from any edits', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '\n'), maxLength: 12 });
    fc.assert(
      fc.property(text, fc.array(text, { maxLength: 5 }), (before, later) => {
        const edit = new TextEdit(before);
        for (const next of later) {
          edit.become(next);
          expect(edit.text).toBe(next);
        }
        expect(undoSplices(edit.text, edit.splices)).toBe(before);
      }),
    );
  });
});
