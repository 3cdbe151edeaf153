import type { NoticeAction } from '../../api/contract.ts';
import { asObject } from '../../capture/json.ts';
import { parseNoticeId } from '../budgets/noticeId.ts';
import type { Route } from '../http/call.ts';
import { readJson } from '../http/jsonBody.ts';
import { HttpProblem } from '../http/problem.ts';

const maxBytes = 10_000;
const actions: readonly NoticeAction[] = ['shown', 'silence', 'allow_hour'];

/** `POST /v1/notices/{id}` `{action}`: a window shows the notice, or its user wants no more of them today, or an hour's leave. */
export const noticesRoute: Route = {
  method: 'POST',
  path: '/v1/notices/:id',
  access: 'admin',
  handle: async ({ request, response, params, engine }) => {
    const action = parseAction(await readJson(request, { maxBytes }));
    const notice = parseNoticeId(params.id ?? '');
    const live = engine.ledgers().find(({ id }) => id === notice?.ledger);
    if (!notice || !live) {
      throw new HttpProblem(404, 'No such notice.', { field: 'id' });
    }
    await live.watch.answer(notice.keys, action);
    live.news.touch();
    response.writeHead(204).end();
  },
};

function parseAction(body: unknown): NoticeAction {
  const known = actions.find(name => name === asObject(body)?.action);
  if (known === undefined) {
    throw new HttpProblem(400, `action must be one of ${actions.join(', ')}.`, { field: 'action' });
  }
  return known;
}
