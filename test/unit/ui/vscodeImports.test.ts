import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const source = join(import.meta.dirname, '../../../src');
const files = [
  'extension.ts',
  ...readdirSync(join(source, 'ui'), { recursive: true, encoding: 'utf8' }).map(name => join('ui', name)),
];

test('vscode is imported in the one form that the build makes a plain require of', () => {
  const others = files
    .filter(file => file.endsWith('.ts'))
    .flatMap(file => readFileSync(join(source, file), 'utf8').match(/^import .*'vscode';$/gm) ?? [])
    .filter(line => !line.startsWith('import type') && line !== "import * as vscode from 'vscode';");
  expect(others).toEqual([]);
});
