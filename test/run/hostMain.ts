/** Bundles `test/host/*.test.ts` and runs them in a real VS Code: `hostMain.ts [--desktop]`. */
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { runTests } from '@vscode/test-electron';
import * as esbuild from 'esbuild';
import { endChildrenOnStop } from './childProcess.ts';
import { cacheFolder, root } from './paths.ts';
import { createProfile, removeProfile } from './vscodeProfile.ts';

/** The desktop build to download; the server's version is pinned in `vscodeInstall.ts`. */
const desktopVersion = process.env.SPEND_LENS_DESKTOP_VERSION ?? 'stable';

/** Below `.vscode-test/`, so that the bundles find mocha in our node_modules. */
async function bundleSuite(): Promise<string> {
  mkdirSync(cacheFolder, { recursive: true });
  const outdir = mkdtempSync(path.join(cacheFolder, 'suite-'));
  const folder = path.join(root, 'test/host');
  const tests = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(name => name.endsWith('.test.ts'));
  if (tests.length === 0) {
    throw new Error('test/host holds no *.test.ts');
  }
  await esbuild.build({
    absWorkingDir: root,
    entryPoints: [path.join(folder, 'index.ts'), ...tests.map(name => path.join(folder, name))],
    outbase: folder,
    outdir,
    outExtension: { '.js': '.cjs' },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node22.15',
    external: ['vscode', 'mocha'],
    alias: { 'jsonc-parser': 'jsonc-parser/lib/esm/main.js' },
    sourcemap: 'inline',
    define: { 'import.meta.dirname': '__dirname', 'import.meta.filename': '__filename' },
  });
  return outdir;
}

/** Puts the extension that uses our API beside ours, as if it had been installed. */
async function installSample(extensions: string): Promise<void> {
  const folder = path.join(root, 'test/host/sampleExtension');
  const installed = path.join(extensions, 'spend-lens-sample.sample-0.0.1');
  await esbuild.build({
    absWorkingDir: root,
    entryPoints: [path.join(folder, 'extension.ts')],
    outfile: path.join(installed, 'extension.cjs'),
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node22.15',
    external: ['vscode'],
  });
  copyFileSync(path.join(folder, 'package.json'), path.join(installed, 'package.json'));
}

endChildrenOnStop();
const suite = await bundleSuite();
// What the suite shares with the outside: VS Code's settings and storage are in this profile.
const profile = createProfile({ 'spendLens.timeZone': 'UTC' });
try {
  await installSample(profile.extensions);
  await runTests({
    ...(process.argv.includes('--desktop')
      ? { version: desktopVersion, cachePath: cacheFolder }
      : { vscodeExecutablePath: path.join(import.meta.dirname, 'vscodeLauncher.ts') }),
    extensionDevelopmentPath: root,
    extensionTestsPath: path.join(suite, 'index.cjs'),
    launchArgs: [
      profile.workspace,
      `--user-data-dir=${profile.userData}`,
      `--extensions-dir=${profile.extensions}`,
      '--disable-telemetry',
    ],
    extensionTestsEnv: { SPEND_LENS_USER_DATA: profile.userData },
  });
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  rmSync(suite, { recursive: true, force: true });
  removeProfile(profile);
}
