import type { TeamAnswer } from '../../api/teamContract.ts';
import { nanoToUsd } from '../../core/money.ts';
import { noSums } from '../../core/sums.ts';
import { type TeamKey, teamFilterKeys, teamKeys } from '../../core/teamKeys.ts';
import { countDays } from '../../core/time/calendar.ts';
import type { TeamReader } from '../../forward/forwarding.ts';
import { compareSums, formatFigures } from '../answers/figures.ts';
import { findLedger, type GrantedCall, type Route, sendJson } from '../http/call.ts';
import { HttpProblem } from '../http/problem.ts';
import { formatRange, parseRange } from './selection.ts';

/** A year of hours takes a database of 10,000,000 calls more than a second; nobody can read as many. */
const mostDaysByHour = 31;

/**
 * `GET /v1/team`: what all engines of a team spent, read from the first PostgreSQL destination, or the one that `destination` names.
 * Only for the admin token: agents have no business with their team's figures.
 */
export const teamRoute: Route = {
  method: 'GET',
  path: '/v1/team',
  access: 'admin',
  handle: async call => {
    const { query, response } = call;
    const live = findLedger(call);
    const range = parseRange(query, Date.now(), live.zone);
    const groupBy = parseKeys(query.getAll('group_by').join(','));
    if (groupBy.includes('hour') && countDays(range, live.zone) > mostDaysByHour) {
      const detail = `group_by=hour is for up to ${mostDaysByHour} days: ask for day, or for a shorter range.`;
      throw new HttpProblem(400, detail, { field: 'group_by' });
    }
    const filter = Object.fromEntries(
      teamFilterKeys.flatMap(key => (query.has(key) ? [[key, query.getAll(key).map(value => value || null)]] : [])),
    );
    const reader = await findReader(call);
    try {
      const [total, groups, budgets] = await Promise.all([
        reader.sum(range, [], filter, live.zone),
        groupBy.length === 0 ? [] : reader.sum(range, groupBy, filter, live.zone),
        reader.budgets(Date.now(), live.zone),
      ]);
      const answer: TeamAnswer = {
        ...formatRange(range),
        total: formatFigures(total[0]?.sums ?? noSums),
        groups: groups
          .sort((a, b) => compareSums(a.sums, b.sums))
          .map(({ key, sums }) => ({ key, ...formatFigures(sums) })),
        budgets: budgets.map(budget => ({
          name: budget.name,
          period: budget.period,
          team: budget.team,
          project: budget.project,
          user_id: budget.userId,
          limit_usd: nanoToUsd(budget.limitNanoUsd),
          spent_usd: nanoToUsd(budget.spentNanoUsd),
        })),
      };
      sendJson(response, 200, answer);
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      throw error instanceof Error && error.name === 'TeamAccessError'
        ? new HttpProblem(
            403,
            `The database does not let this role read the team's sums: ${detail} Ask for SELECT on api_usage_sums.`,
          )
        : new HttpProblem(502, `The team's database can't be read: ${detail}`);
    }
  },
};

async function findReader(call: GrantedCall): Promise<TeamReader> {
  const live = findLedger(call);
  const name = call.query.get('destination');
  const readable = live.settings.forward.filter(({ type }) => type === 'postgresql');
  const destination = name === null ? readable[0] : readable.find(each => each.name === name);
  if (!destination) {
    const detail =
      name === null
        ? 'No PostgreSQL destination is set in spendLens.forward.'
        : 'No PostgreSQL destination has this name.';
    throw new HttpProblem(404, detail, { field: 'destination' });
  }
  return live.forwarding.team(destination);
}

function parseKeys(text: string): TeamKey[] {
  const names = text.split(',').filter(name => name !== '');
  const unknown = names.find(name => !teamKeys.some(key => key === name));
  if (unknown !== undefined) {
    throw new HttpProblem(400, `group_by: "${unknown}" is not one of ${teamKeys.join(', ')}.`, { field: 'group_by' });
  }
  return [...new Set(names)] as TeamKey[];
}
