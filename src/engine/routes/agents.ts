import type { AgentsAnswer } from '../../api/connectContract.ts';
import { type Route, sendJson } from '../http/call.ts';

/** `GET /v1/agents`: when each agent was last heard of; with the admin token in any open ledger, else in the token's. */
export const agentsRoute: Route = {
  method: 'GET',
  path: '/v1/agents',
  access: 'ledger',
  handle: ({ response, access, engine }) => {
    const ledgers = access.isAdmin ? engine.ledgers() : [access.ledger];
    const last = new Map<string, number>();
    for (const { ledger } of ledgers) {
      for (const [agent, at] of ledger.lastCalls()) {
        last.set(agent, Math.max(at, last.get(agent) ?? 0));
      }
    }
    const agents = [...last].sort(([a], [b]) => (a < b ? -1 : 1));
    const answer: AgentsAnswer = {
      agents: agents.map(([agent, at]) => ({ agent, last_record: new Date(at).toISOString() })),
    };
    sendJson(response, 200, answer);
  },
};
