/** Third-party notices: the licence of every package whose code is in a bundle, as esbuild sees it. `npm run notices` writes them. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as esbuild from 'esbuild';
import { root } from './paths.ts';

export const noticesFile = path.join(root, 'THIRD_PARTY_NOTICES.md');

const entryPoints = [
  ...[
    'src/extension.ts',
    'src/engine/main.ts',
    'src/estimator/worker.ts',
    'webview-ui/report.ts',
    'src/connect/uninstall.ts',
    'src/forward/forwarding.ts',
  ],
  ...['src/estimator/ranks/o200kBase.ts', 'src/estimator/ranks/cl100kBase.ts'],
];

/** Holders of the packages that name a licence but ship no licence file. */
const holders: Readonly<Record<string, string>> = {
  '@microsoft/fast-element': 'Microsoft Corporation',
  '@microsoft/fast-foundation': 'Microsoft Corporation',
  '@microsoft/fast-web-utilities': 'Microsoft Corporation',
  'js-tiktoken': 'David Duong',
  'pg-types': 'Brian M. Carlson',
  pgpass: 'Hannes Hörl',
};

/** The text of Apache-2.0, from a package under it that comes with the whole of it. */
const apache = readFileSync(path.join(root, 'node_modules/playwright-core/LICENSE'), 'utf8')
  .replaceAll('\r\n', '\n')
  .split('\n   APPENDIX:')[0]
  ?.trim();

/** Packages whose licence text is found elsewhere. */
const texts: Readonly<Record<string, (place: string) => string>> = {
  '@bufbuild/protobuf': place => {
    const source = readFileSync(path.join(place, 'dist/esm/wire/varint.js'), 'utf8');
    const bsd = source
      .slice(0, source.indexOf('/**'))
      .replaceAll(/^\/\/ ?/gm, '')
      .trim();
    return `Copyright Buf Technologies, Inc.\n\n${apache}\n\nAnd of its wire format:\n\n${bsd}`;
  },
};

const mit = readFileSync(path.join(root, 'LICENSE'), 'utf8').split('\n\n').slice(2).join('\n\n').trimEnd();

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license: string;
}

/** Folders of the packages whose code esbuild puts into a bundle. */
async function bundledPackages(): Promise<string[]> {
  const { metafile } = await esbuild.build({
    absWorkingDir: root,
    entryPoints,
    outdir: 'dist',
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'node',
    logLevel: 'silent',
    external: ['vscode', 'pg-native'],
    loader: { '.ttf': 'empty', '.woff2': 'empty', '.svg': 'empty' },
  });
  const used = Object.values(metafile.outputs).flatMap(({ inputs }) => Object.keys(inputs));
  const folders = used.map(file => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1]);
  return [...new Set(folders.filter(folder => folder !== undefined))].sort();
}

function formatPackage(folder: string): string {
  const place = path.join(root, folder);
  const { name, version, license } = JSON.parse(readFileSync(path.join(place, 'package.json'), 'utf8')) as Manifest;
  const file = readdirSync(place).find(entry => /^(licen[cs]e|copying)/i.test(entry));
  const holder = holders[name];
  const own = texts[name]?.(place);
  if (own === undefined && file === undefined && (holder === undefined || license !== 'MIT')) {
    throw new Error(`${name} ships no licence text: add its holder to ${path.relative(root, import.meta.filename)}.`);
  }
  const text =
    own ?? (file ? readFileSync(path.join(place, file), 'utf8').trim() : `Copyright (c) ${holder}\n\n${mit}`);
  return `## ${name} ${version} (${license})\n\n\`\`\`\n${text.replaceAll('\r\n', '\n')}\n\`\`\`\n`;
}

/** The notices as Markdown. Throws for a package without a licence text that we know the holder of. */
export async function formatNotices(): Promise<string> {
  const packages = (await bundledPackages()).map(formatPackage);
  const sqlite = '## SQLite (public domain)\n\nCompiled into sql.js; its authors disclaim copyright.\n';
  const head = '# Third-party notices\n\nSpend Lens bundles the packages below. Made by `npm run notices`.\n';
  return [head, ...packages, sqlite].join('\n');
}

if (process.argv[1] === import.meta.filename) {
  writeFileSync(noticesFile, await formatNotices());
}
