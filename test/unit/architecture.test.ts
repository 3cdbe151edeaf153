import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const root = path.resolve(import.meta.dirname, '../..');

/** Lines of code by the file they stand in, linted with the project's own rules. */
const allowed: [file: string, code: string][] = [
  ['src/extension.ts', "import './ui/bar.ts';"],
  ['src/extension.ts', "import 'vscode';"],
  ['src/ui/bar.ts', "import 'vscode';"],
  ['src/ui/bar.ts', "import '../api/contract.ts';"],
  ['src/ui/bar.ts', "import '../estimator/count.ts';"],
  ['src/ui/bar.ts', "import '../core/cost.ts';"],
  ['src/ui/bar.ts', "import '../connect/connection.ts';"],
  ['src/ui/connect/pick.ts', "import '../../connect/connection.ts';"],
  ['src/connect/connection.ts', "import 'node:fs/promises';"],
  ['src/connect/agents/codex.ts', "import '../../core/money.ts';"],
  ['src/ui/bar.ts', "import '../contributions.ts';"],
  ['src/ui/bar.ts', "import './engine/connection.ts';"],
  ['src/ui/report/panel.ts', "import '../engine/connection.ts';"],
  ['src/ui/report/panel.ts', "import '../../../webview-ui/messages.ts';"],
  ['src/engine/main.ts', "import '../ledger/journal.ts';"],
  ['src/engine/main.ts', "import '../capture/parse.ts';"],
  ['src/engine/main.ts', "import '../estimator/count.ts';"],
  ['src/engine/routes/usage.ts', "import '../../api/contract.ts';"],
  ['src/engine/main.ts', "import 'node:http';"],
  ['src/capture/providers/openai.ts', "import '../../core/cost.ts';"],
  ['src/ledger/disk/journal.ts', "import '../core/cost.ts';"],
  ['src/forward/forwarder.ts', "import '../ledger/ledger.ts';"],
  ['src/engine/main.ts', "import '../forward/forwarding.ts';"],
  ['src/core/time/calendar.ts', 'export const at = (ms: number): Date => new Date(ms);'],
  ['webview-ui/page.ts', "import type { Summary } from '../src/api/contract.ts';"],
  ['webview-ui/page.ts', "import '../src/core/money.ts';"],
  ['webview-ui/page.ts', "import './messages.ts';"],
];

const forbidden: [file: string, code: string][] = [
  ['src/extension.ts', "import './engine/main.ts';"],
  ['src/extension.ts', "import './ledger/journal.ts';"],
  ['src/contributions.ts', "import './core/cost.ts';"],
  ['src/ui/bar.ts', "import '../engine/main.ts';"],
  ['src/ui/report/panel.ts', "import '../../engine/main.ts';"],
  ['src/ui/bar.ts', "import '../ledger/journal.ts';"],
  ['src/ui/bar.ts', "import '../capture/parse.ts';"],
  ['src/ui/bar.ts', "import '../extension.ts';"],
  ['src/ui/bar.ts', "import '../../webview-ui/report.ts';"],
  ['src/engine/main.ts', "import '../ui/bar.ts';"],
  ['src/engine/main.ts', "import 'vscode';"],
  ['src/engine/main.ts', "void import('../ui/bar.ts');"],
  ['src/engine/routes/usage.ts', "import '../../ui/bar.ts';"],
  ['src/engine/main.ts', "import '../../webview-ui/messages.ts';"],
  ['src/api/client.ts', "import '../engine/main.ts';"],
  ['src/api/client.ts', "import '../ledger/journal.ts';"],
  ['src/ledger/disk/journal.ts', "import '../api/contract.ts';"],
  ['src/ledger/disk/journal.ts', "import '../capture/parse.ts';"],
  ['src/forward/forwarder.ts', "import '../engine/main.ts';"],
  ['src/forward/forwarder.ts', "import '../api/contract.ts';"],
  ['src/estimator/count.ts', "import '../api/contract.ts';"],
  ['src/estimator/count.ts', "import 'vscode';"],
  ['src/capture/parse.ts', "import '../ledger/journal.ts';"],
  ['src/capture/providers/openai.ts', "import '../../api/contract.ts';"],
  ['src/capture/parse.ts', "import 'node:fs';"],
  ['src/capture/parse.ts', 'export const now = (): number => Date.now();'],
  ['src/connect/connection.ts', "import '../api/client.ts';"],
  ['src/connect/connection.ts', "import '../engine/main.ts';"],
  ['src/connect/agents/codex.ts', "import '../../ui/bar.ts';"],
  ['src/connect/connection.ts', "import 'vscode';"],
  ['src/engine/main.ts', "import '../connect/connection.ts';"],
  ['src/extension.ts', "import './connect/connection.ts';"],
  ['webview-ui/page.ts', "import '../src/connect/connection.ts';"],
  ['src/core/prices/cost.ts', "import '../capture/parse.ts';"],
  ['src/core/prices/cost.ts', "import '../ui/bar.ts';"],
  ['src/core/prices/cost.ts', "import 'vscode';"],
  ['src/core/prices/cost.ts', "import 'node:fs/promises';"],
  ['src/core/time/calendar.ts', 'export const now = (): number => Date.now();'],
  ['src/core/time/calendar.ts', 'export const now = (): Date => new Date();'],
  ['src/core/time/calendar.ts', 'export const clock = Date.now;'],
  ['src/core/time/calendar.ts', 'export const now = (): number => performance.now();'],
  ['src/core/prices/cost.ts', "export const home = process.env['HOME'];"],
  ['src/core/prices/cost.ts', "console.log('cost');"],
  ['src/engine/main.ts', "console.log('engine');"],
  ['src/ui/bar.ts', "console.log('bar');"],
  ['webview-ui/page.ts', "import '../src/ui/bar.ts';"],
  ['webview-ui/page.ts', "import '../src/engine/main.ts';"],
  ['webview-ui/page.ts', "import '../src/api/client.ts';"],
  ['webview-ui/page.ts', "import 'vscode';"],
  ['webview-ui/page.ts', "import 'node:fs';"],
];

/** Rules that guard the rooms; others (unused imports, say) do not count here. */
const guards = [
  'lint/style/noRestrictedImports',
  'lint/style/noRestrictedGlobals',
  'lint/suspicious/noConsole',
  'plugin',
];

interface Report {
  readonly diagnostics: readonly {
    readonly category: string;
    readonly location: { readonly path: string | null; readonly start: { readonly line: number } };
  }[];
}

describe('the arrows between folders', () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'arrows-'));
  const lines = new Map<string, string[]>();
  const reported = new Set<string>();
  const isReported = ([file, code]: readonly [string, string]): boolean =>
    reported.has(`${file}:${(lines.get(file) ?? []).indexOf(code) + 1}`);

  beforeAll(async () => {
    mkdirSync(path.join(folder, 'test/run'), { recursive: true });
    const config = JSON.parse(readFileSync(path.join(root, 'biome.json'), 'utf8'));
    writeFileSync(path.join(folder, 'biome.json'), JSON.stringify({ ...config, vcs: { enabled: false } }));
    cpSync(path.join(root, 'test/run/noClock.grit'), path.join(folder, 'test/run/noClock.grit'));
    for (const [file, code] of [...allowed, ...forbidden]) {
      lines.set(file, [...(lines.get(file) ?? []), code]);
    }
    for (const [file, codes] of lines) {
      mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
      writeFileSync(path.join(folder, file), `${codes.join('\n')}\n`);
    }
    const biome = path.join(root, 'node_modules/@biomejs/biome/bin/biome');
    const args = [biome, 'lint', '--reporter=json', '--max-diagnostics=none', '.'];
    const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: folder, timeout: 30_000 }).catch(
      (failure: { stdout: string }) => failure,
    );
    const { diagnostics } = JSON.parse(stdout.slice(stdout.indexOf('{'))) as Report;
    for (const { category, location } of diagnostics) {
      if (guards.includes(category)) {
        reported.add(`${location.path}:${location.start.line}`);
      }
    }
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test.each(allowed)('%s may hold %s', (file, code) => expect(isReported([file, code])).toBe(false));

  test.each(forbidden)('%s may not hold %s', (file, code) => expect(isReported([file, code])).toBe(true));
});
