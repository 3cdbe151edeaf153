/** A Python that has the published `openai` and `anthropic` packages. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface RealPython {
  /** The program and its first arguments. */
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** `openai 3.6.0, anthropic 1.9.0, Python 3.14.10` */
  readonly versions: string;
}

const ask =
  'import anthropic, openai, platform\nprint(f"openai {openai.__version__}, anthropic {anthropic.__version__}, Python {platform.python_version()}")';
const folder = join(tmpdir(), 'spend-lens-python');

/**
 * The machine's own Python if it has both; else a virtual environment with both from PyPI; else, where PyPI is out of reach, Debian's
 * packages of them with Debian's Python, unpacked into the temporary folder and started there. Throws when none can be had.
 */
export function provideRealPython(): RealPython {
  const venv = join(folder, 'venv');
  const debian = join(folder, 'debian');
  const places: readonly [install: () => void, python: Omit<RealPython, 'versions'>][] = [
    [() => undefined, { command: ['python3'], env: {} }],
    [() => installFromPypi(venv), { command: [join(venv, 'bin/python')], env: {} }],
    [() => unpackDebian(debian), startDebian(debian)],
  ];
  const reasons: string[] = [];
  for (const [install, python] of places) {
    try {
      install();
      return { ...python, versions: run(python.command, ['-c', ask], python.env).trim() };
    } catch (error) {
      reasons.push((error as Error).message.slice(0, 300));
    }
  }
  throw new Error(`No Python has openai and anthropic:\n${reasons.join('\n')}`);
}

function installFromPypi(venv: string): void {
  if (!existsSync(join(venv, 'installed'))) {
    run(['python3'], ['-m', 'venv', venv]);
    const pip = ['-m', 'pip', 'install', '--quiet', '--retries', '0', '--timeout', '10', 'openai', 'anthropic'];
    run([join(venv, 'bin/python')], pip);
    writeFileSync(join(venv, 'installed'), '');
  }
}

/** Debian's unstable has both. Its lists and packages stay in our folder; nothing of the machine's apt is changed. */
function unpackDebian(root: string): void {
  if (existsSync(join(root, 'installed'))) {
    return;
  }
  const apt = join(folder, 'apt');
  for (const part of ['lists/partial', 'cache/archives/partial']) {
    mkdirSync(join(apt, part), { recursive: true });
  }
  const key = '[signed-by=/usr/share/keyrings/debian-archive-keyring.gpg]';
  writeFileSync(join(apt, 'sources.list'), `deb ${key} http://deb.debian.org/debian sid main\n`);
  writeFileSync(join(apt, 'status'), '');
  const options = [
    ...[
      `Dir::Etc::sourcelist=${apt}/sources.list`,
      'Dir::Etc::sourceparts=/dev/null',
      `Dir::State::lists=${apt}/lists`,
    ],
    ...[`Dir::Cache=${apt}/cache`, `Dir::State::status=${apt}/status`, 'APT::Sandbox::User=root', 'Debug::NoLocking=1'],
  ].flatMap(option => ['-o', option]);
  run(['apt-get'], [...options, '-qq', 'update']);
  const packages = ['python3-openai', 'python3-anthropic'];
  run(['apt-get'], [...options, '-qq', '-y', '--download-only', '--no-install-recommends', 'install', ...packages]);
  mkdirSync(root, { recursive: true });
  for (const name of readdirSync(join(apt, 'cache/archives')).filter(name => name.endsWith('.deb'))) {
    run(['dpkg-deb'], ['-x', join(apt, 'cache/archives', name), root]);
  }
  writeFileSync(join(root, 'installed'), '');
}

/** Its own loader and C library too, since they are newer than the machine's. */
function startDebian(root: string): Omit<RealPython, 'versions'> {
  const [machine, loader] =
    process.arch === 'arm64' ? ['aarch64', 'ld-linux-aarch64.so.1'] : ['x86_64', 'ld-linux-x86-64.so.2'];
  const libraries = join(root, `usr/lib/${machine}-linux-gnu`);
  return {
    command: [join(libraries, loader ?? ''), '--library-path', libraries, join(root, 'usr/bin/python3')],
    env: { PYTHONHOME: join(root, 'usr'), PYTHONPATH: join(root, 'usr/lib/python3/dist-packages') },
  };
}

function run(
  [program = '', ...first]: readonly string[],
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): string {
  const { status, stdout, stderr, error } = spawnSync(program, [...first, ...args], {
    env: { ...process.env, ...env },
    timeout: 300_000,
    encoding: 'utf8',
  });
  if (status !== 0) {
    throw new Error(`${program} ${args[0]}: ${error?.message ?? stderr.slice(-500)}`);
  }
  return stdout;
}
