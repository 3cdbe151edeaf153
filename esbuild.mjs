/**
 * Bundles the five programs of the extension into `dist/`: `node esbuild.mjs [--production] [--watch]`.
 * Development builds have source maps; production builds are minified and have none. An error is printed as
 * `file:line:column: message` and ends the build with exit code 1; what `dist/` held before stays as it was.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import * as esbuild from 'esbuild';

const root = import.meta.dirname;
const outdir = path.join(root, 'dist');
const isProduction = process.argv.includes('--production');
const isWatching = process.argv.includes('--watch');

/**
 * Modules that stay files of their own when they are imported with `import()`: the rank data of each encoding, the price data, the
 * connecting of agents, forwarding and exact counts, so that a process loads them only when it needs them. esbuild can not split CommonJS bundles by itself.
 */
const lazyModules = {
  name: 'lazy-modules',
  /** @param {esbuild.PluginBuild} build */
  setup(build) {
    build.onResolve(
      { filter: /\/(ranks\/\w+|priceBook|connecting|forwarding|askProvider)\.ts$/ },
      ({ kind, path: specifier }) => {
        const folder = specifier.includes('/ranks/') ? 'ranks/' : '';
        return kind === 'dynamic-import'
          ? { path: `./${folder}${path.basename(specifier, '.ts')}.js`, external: true }
          : undefined;
      },
    );
  },
};

/**
 * `import * as vscode` as a plain `require`. esbuild would make a copy of the whole API, some 500 getters, for each of our files that
 * imports it: half of the time that loading the extension takes.
 */
const plainVscode = {
  name: 'plain-vscode',
  /** @param {esbuild.PluginBuild} build */
  setup(build) {
    build.onLoad({ filter: /[\\/]src[\\/](ui[\\/].*|extension)\.ts$/ }, ({ path: file }) => ({
      contents: readFileSync(file, 'utf8').replace(
        /^import \* as vscode from 'vscode';$/m,
        "const vscode = require('vscode');",
      ),
      loader: 'ts',
    }));
  },
};

/** @type {esbuild.BuildOptions} */
const shared = {
  absWorkingDir: root,
  outdir: 'dist',
  bundle: true,
  write: false,
  logLevel: 'silent',
  legalComments: 'none',
  minify: isProduction,
  sourcemap: !isProduction,
  sourcesContent: false,
};

/** @type {esbuild.BuildOptions} */
const node = {
  ...shared,
  platform: 'node',
  format: 'cjs',
  target: 'node22.15',
  external: ['vscode'],
  // Its main file loads its parts in a way that no bundler sees.
  alias: { 'jsonc-parser': 'jsonc-parser/lib/esm/main.js' },
  // A bundle is CommonJS, where esbuild would leave import.meta empty.
  define: {
    'import.meta.dirname': '__dirname',
    'import.meta.filename': '__filename',
    'import.meta.url': '__bundleUrl',
  },
  banner: { js: "const __bundleUrl = require('node:url').pathToFileURL(__filename).href;" },
  plugins: [lazyModules],
};

const rankFolder = path.join(root, 'src/estimator/ranks');
const rankFiles = existsSync(rankFolder) ? readdirSync(rankFolder).filter(name => name.endsWith('.ts')) : [];

/** @type {esbuild.BuildOptions[]} */
const bundles = [
  {
    ...node,
    entryPoints: ['src/extension.ts'],
    outExtension: { '.js': '.cjs' },
    plugins: [lazyModules, plainVscode],
  },
  { ...node, entryPoints: [{ in: 'src/ui/connect/connecting.ts', out: 'connecting' }], plugins: [plainVscode] },
  {
    ...node,
    entryPoints: [
      { in: 'src/engine/main.ts', out: 'engine' },
      { in: 'src/estimator/worker.ts', out: 'estimator' },
      { in: 'src/engine/import/readerThreadEntry.ts', out: 'transcripts' },
      { in: 'src/core/prices/priceBook.ts', out: 'priceBook' },
      { in: 'src/connect/uninstall.ts', out: 'uninstall' },
      { in: 'src/forward/forwarding.ts', out: 'forwarding' },
      { in: 'src/estimator/providerCount/askProvider.ts', out: 'askProvider' },
      ...rankFiles.map(name => ({ in: `src/estimator/ranks/${name}`, out: `ranks/${path.basename(name, '.ts')}` })),
    ],
  },
  {
    ...shared,
    platform: 'browser',
    format: 'iife',
    target: 'chrome134',
    entryPoints: [{ in: 'webview-ui/report.ts', out: 'report' }],
    loader: { '.ttf': 'file', '.woff2': 'file', '.svg': 'dataurl' },
    define: { 'process.env.NODE_ENV': isProduction ? '"production"' : '"development"' },
  },
];

/** Files that run beside the bundles; `dist/` is CommonJS although the package is not. */
function extraFiles() {
  const wasm = createRequire(import.meta.url).resolve('sql.js/dist/sql-wasm.wasm');
  return new Map([
    [path.join(outdir, 'package.json'), Buffer.from('{"type":"commonjs"}\n')],
    [path.join(outdir, 'sql-wasm.wasm'), readFileSync(wasm)],
    [path.join(outdir, 'schema.sql'), readFileSync(path.join(root, 'src/forward/postgres/schema.sql'))],
  ]);
}

/** Writes by rename, and only what changed, so that a program that runs from `dist/` never reads half a bundle. */
function writeWhole(file, content) {
  if (existsSync(file) && readFileSync(file).equals(content)) {
    return;
  }
  mkdirSync(path.dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}.tmp`;
  writeFileSync(temporary, content);
  renameSync(temporary, file);
}

/** Removes what an earlier build left behind: old chunks, or the source maps of a development build. */
function removeStale(kept) {
  for (const entry of readdirSync(outdir, { recursive: true, withFileTypes: true })) {
    const file = path.join(entry.parentPath, entry.name);
    if (entry.isFile() && !kept.has(file) && !file.endsWith('.tmp')) {
      rmSync(file, { force: true });
    }
  }
}

function formatMessage({ location, text }) {
  const where = location ? `${location.file}:${location.line}:${location.column + 1}: ` : '';
  return `${where}${text}`;
}

function report(result) {
  for (const warning of result.warnings) {
    console.warn(`warning: ${formatMessage(warning)}`);
  }
  for (const error of result.errors) {
    console.error(`error: ${formatMessage(error)}`);
  }
}

function formatSize(bytes) {
  return `${(bytes / 1024).toFixed(0)} kB`;
}

async function buildOnce() {
  const results = await Promise.all(bundles.map(options => esbuild.build(options).catch(failure => failure)));
  for (const result of results) {
    if (!Array.isArray(result.errors)) {
      throw result;
    }
    report(result);
  }
  if (results.some(result => result.errors.length > 0)) {
    process.exitCode = 1;
    return;
  }
  const files = extraFiles();
  for (const { path: file, contents } of results.flatMap(result => result.outputFiles)) {
    files.set(file, Buffer.from(contents));
  }
  for (const [file, content] of files) {
    writeWhole(file, content);
  }
  removeStale(files);
  for (const [file, content] of files) {
    console.log(`${path.relative(root, file)}  ${formatSize(content.length)}`);
  }
}

/** Rebuilds on change; prints the words that the problem matcher of `.vscode/tasks.json` waits for. */
async function watch() {
  for (const [file, content] of extraFiles()) {
    writeWhole(file, content);
  }
  const writing = {
    name: 'write-whole',
    /** @param {esbuild.PluginBuild} build */
    setup(build) {
      build.onStart(() => console.log('[watch] build started'));
      build.onEnd(result => {
        report(result);
        for (const { path: file, contents } of result.outputFiles ?? []) {
          writeWhole(file, Buffer.from(contents));
        }
        console.log('[watch] build finished');
      });
    },
  };
  for (const options of bundles) {
    const context = await esbuild.context({ ...options, plugins: [...(options.plugins ?? []), writing] });
    await context.watch();
  }
}

await (isWatching ? watch() : buildOnce());
