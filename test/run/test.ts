/** `npm test`: everything, or the suites named as arguments; further arguments go to the suite. */
import { mkdirSync } from 'node:fs';
import { endChildrenOnStop } from './childProcess.ts';
import { buildExtension } from './packageExtension.ts';
import { resultsFolder } from './paths.ts';
import { failedSuite, formatResults, type SuiteResult } from './results.ts';
import { namedSuites, needsBuild, runSuite, type SuiteName, suiteNames } from './suites.ts';

const allNames: readonly SuiteName[] = [...suiteNames, ...namedSuites];
const isSuite = (arg: string): arg is SuiteName => allNames.some(name => name === arg);
const args = process.argv.slice(2);
const named = args.filter(isSuite);
const rest = args.filter(arg => !isSuite(arg));
const chosen = named.length > 0 ? allNames.filter(name => named.includes(name)) : suiteNames;

const results: SuiteResult[] = [];
endChildrenOnStop(() => console.log(formatResults([...results, failedSuite('npm test', 'stopped before its end')])));
mkdirSync(resultsFolder, { recursive: true });
const start = performance.now();
const seconds = (from: number): string => `${((performance.now() - from) / 1000).toFixed(1)} s`;

let isBuilt = true;
if (chosen.some(needsBuild)) {
  console.log('== build');
  isBuilt = await buildExtension();
  if (!isBuilt) {
    results.push(failedSuite('build', 'its messages are above'));
  }
}
for (const name of chosen) {
  console.log(`\n== ${name}`);
  const from = performance.now();
  const isPossible = isBuilt || !needsBuild(name) || name === 'unit';
  results.push(isPossible ? await runSuite(name, rest) : failedSuite(name, 'not run: the build failed'));
  console.log(`== ${name}: ${seconds(from)}`);
}
console.log(`\n${seconds(start)} in all`);
console.log(formatResults(results));
process.exitCode = results.some(({ failures }) => failures.length > 0) ? 1 : 0;
