import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const root = path.resolve(import.meta.dirname, '../..');
const page = readFileSync(path.join(root, 'docs/security.md'), 'utf8');

/** The rows of the page's tables: threat, answer, test. */
const rows = page
  .split('\n')
  .filter(line => line.startsWith('| ') && !line.startsWith('| threat'))
  .map(line =>
    line
      .split('|')
      .map(cell => cell.trim())
      .slice(1, -1),
  );

describe('the page about security', () => {
  it('has an answer and a test for every threat', () => {
    expect(rows.length).toBeGreaterThan(25);
    for (const [threat, answer, test] of rows) {
      expect(threat?.length, threat).toBeGreaterThan(10);
      expect(answer?.length, threat).toBeGreaterThan(10);
      expect(test, threat).toMatch(/^`test\//);
    }
  });

  it.each(rows.map(([threat = '', , test = '']) => [threat, test]))('%s: its tests are there', (_, cell) => {
    for (const [, file = ''] of cell.matchAll(/`([^`]+)`/g)) {
      expect(existsSync(path.join(root, file)), file).toBe(true);
      expect(readFileSync(path.join(root, file), 'utf8')).toMatch(/\bit(\.\w+)?\(|\btest\(/);
    }
  });

  it('speaks of every kind of threat', () => {
    for (const kind of [
      ...['Other local users', 'Other programs', 'Web pages', 'DNS rebinding', 'CSRF', 'Malicious workspaces'],
      ...['Hostile payloads', 'A hostile upstream', 'Tokens in URLs, logs and process lists'],
    ]) {
      expect(page).toContain(kind);
    }
  });
});
