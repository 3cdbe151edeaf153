import type { NoticeAction } from '../../api/contract.ts';
import { readText } from '../body.ts';
import type { Route } from '../call.ts';
import { parseNoticeId } from '../noticeId.ts';
import { HttpProblem } from '../problem.ts';

const maxBytes = 10_000;

/** `POST /v1/notices/{id}` `{action}`: a window shows the notice, or its user wants no more of them today. */
export const noticesRoute: Route = {
  method: 'POST',
  path: '/v1/notices/:id',
  access: 'admin',
  handle: async ({ request, response, params, engine }) => {
    const action = parseAction(await readText(request, maxBytes));
    const notice = parseNoticeId(params.id ?? '');
    const live = engine.ledgers().find(({ id }) => id === notice?.ledger);
    if (!notice || !live) {
      throw new HttpProblem(404, 'No such notice.', { field: 'id' });
    }
    await live.watch.answer(notice.key, action);
    response.writeHead(204).end();
  },
};

function parseAction(text: string): NoticeAction {
  let action: unknown;
  try {
    action = JSON.parse(text)?.action;
  } catch {
    // Not JSON: no action.
  }
  if (action !== 'shown' && action !== 'silence') {
    throw new HttpProblem(400, 'action must be "shown" or "silence".', { field: 'action' });
  }
  return action;
}
