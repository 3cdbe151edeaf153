import { type Route, sendJson } from '../http/call.ts';
import { throwStorageProblem } from '../ledgers/storageProblem.ts';

/**
 * `POST /v1/tokens/rotate`: replaces every token; the old ones are refused at once and the streams opened with them end. Who asks reads the
 * new ones where tokens are kept.
 */
export const rotateTokensRoute: Route = {
  method: 'POST',
  path: '/v1/tokens/rotate',
  access: 'admin',
  handle: async ({ engine, response }) => {
    await engine.rotateTokens().catch(throwStorageProblem('the old tokens stay'));
    engine.log('info', 'The tokens were replaced.');
    sendJson(response, 200, { status: 'rotated' });
    for (const { news } of engine.ledgers()) {
      news.dismiss();
    }
  },
};
