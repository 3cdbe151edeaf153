import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { packageExtension } from '../run/packageExtension.ts';

const root = path.resolve(import.meta.dirname, '../..');

/** Names of the files in a zip, by its central directory (APPNOTE.TXT 4.3.12 and 4.3.16). */
function listZip(file: string): string[] {
  const bytes = readFileSync(file);
  const end = bytes.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
  const names: string[] = [];
  let at = bytes.readUInt32LE(end + 16);
  for (let left = bytes.readUInt16LE(end + 10); left > 0; left -= 1) {
    const nameLength = bytes.readUInt16LE(at + 28);
    names.push(bytes.toString('utf8', at + 46, at + 46 + nameLength));
    at += 46 + nameLength + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
  }
  return names;
}

function listFiles(folder: string): string[] {
  return readdirSync(path.join(root, folder), { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => path.relative(root, path.join(entry.parentPath, entry.name)).replaceAll(path.sep, '/'));
}

describe('the packaged extension', () => {
  let vsix = '';
  beforeAll(async () => {
    vsix = await packageExtension();
  }, 180_000);

  test('holds exactly what runs and what the Marketplace shows', () => {
    const ranks = listFiles('src/estimator/ranks').map(file => `dist/ranks/${path.basename(file, '.ts')}.js`);
    const expected = [
      'package.json',
      'package.nls.json',
      'package.nls.de.json',
      'readme.md',
      'changelog.md',
      'LICENSE.txt',
      'THIRD_PARTY_NOTICES.md',
      ...listFiles('media'),
      'dist/package.json',
      'dist/extension.cjs',
      'dist/engine.js',
      'dist/uninstall.js',
      'dist/connecting.js',
      'dist/estimator.js',
      'dist/transcripts.js',
      'dist/forwarding.js',
      'dist/askProvider.js',
      'dist/priceBook.js',
      'dist/report.js',
      'dist/report.css',
      'dist/schema.sql',
      'dist/sql-wasm.wasm',
      ...ranks,
    ].map(name => `extension/${name}`);
    expect(listZip(vsix).sort()).toEqual(['[Content_Types].xml', 'extension.vsixmanifest', ...expected].sort());
  });

  test('is at most 6 MB', () => {
    expect(statSync(vsix).size).toBeLessThanOrEqual(6_000_000);
  });

  test('has no source maps, and its programs are minified', () => {
    for (const name of [
      'extension.cjs',
      'engine.js',
      'uninstall.js',
      'connecting.js',
      'estimator.js',
      'transcripts.js',
      'askProvider.js',
      'priceBook.js',
      'report.js',
    ]) {
      const code = readFileSync(path.join(root, 'dist', name), 'utf8');
      expect(code).not.toContain('sourceMappingURL');
      expect(code.length / code.split('\n').length, name).toBeGreaterThan(200);
    }
  });
});

describe('package-lock.json', () => {
  test('names the optional packages of all platforms, without which npm ci fails', () => {
    // npm drops those that a closed registry does not carry; put them back by hand.
    const { packages } = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8')) as {
      packages: Record<string, { optionalDependencies?: Record<string, string> }>;
    };
    const missing = Object.entries(packages).flatMap(([place, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies).filter(
        name => !(`node_modules/${name}` in packages || `${place}/node_modules/${name}` in packages),
      ),
    );
    expect(missing).toEqual([]);
  });
});
