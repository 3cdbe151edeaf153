import { defaultSettings, type Settings } from '../../contributions.ts';
import { type Plan, plans } from '../usageRecord.ts';
import { isObject, problemOf, type SettingsProblem } from './checks.ts';

/** The plans that are good, by agent; each bad one gives a problem. Names nobody knows are kept: an agent may call itself anything. */
export function parsePlans(value: unknown, problems: SettingsProblem[]): Settings['plans'] {
  if (value === undefined) {
    return defaultSettings.plans;
  }
  if (!isObject(value)) {
    problems.push(
      problemOf('plans', '"plans" must be an object from agents to "api" or "subscription"', 'none is used'),
    );
    return defaultSettings.plans;
  }
  const isPlan = (plan: unknown): plan is Plan => plans.some(known => known === plan);
  for (const [agent] of Object.entries(value).filter(([, plan]) => !isPlan(plan))) {
    const expectation = `The plan of "${agent}" must be "api" or "subscription"`;
    problems.push(problemOf(`plans.${agent}`, expectation, 'it counts as "api"'));
  }
  return Object.fromEntries(Object.entries(value).filter((entry): entry is [string, Plan] => isPlan(entry[1])));
}
