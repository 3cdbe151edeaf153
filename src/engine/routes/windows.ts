import { isAbsolute } from 'node:path';
import * as v from 'valibot';
import type { WindowAnswer } from '../../api/contract.ts';
import { type Route, sendJson } from '../http/call.ts';
import { readJson, requireShape } from '../http/jsonBody.ts';

const maxBytes = 1024 * 1024;

const registration = v.object({
  workspace: v.nullable(
    v.object({
      storage: v.pipe(v.string(), v.check(isAbsolute, 'must be an absolute path')),
      name: v.string(),
      folders: v.array(v.string()),
    }),
  ),
  settings: v.unknown(),
  levels: v.optional(v.object({ user: v.unknown(), workspace: v.unknown() })),
  network: v.optional(
    v.object({
      proxy: v.nullable(v.string()),
      strictSSL: v.boolean(),
      noProxy: v.array(v.string()),
      systemCertificates: v.boolean(),
    }),
  ),
  secrets: v.optional(v.object({ forward: v.optional(v.record(v.string(), v.string())) })),
});

/** `PUT /v1/windows/{id}`: a window is here, or its folder or settings changed. Its stream must follow soon. */
export const putWindowRoute: Route = {
  method: 'PUT',
  path: '/v1/windows/:id',
  access: 'admin',
  handle: async ({ request, response, params, engine, access }) => {
    const body = parseRegistration(await readJson(request, { maxBytes }));
    const entry = await engine.windows?.register(params.id ?? '', body);
    if (body.network) {
      engine.gateway.setNetwork(body.network);
    }
    const live = entry?.ledger ?? access.ledger;
    const answer: WindowAnswer = {
      url: engine.state(live).url,
      token: live.token.text,
      storage: live.folder,
      // The admin's own ledger is the machine's.
      machine_token: access.ledger.token.text,
    };
    sendJson(response, 200, answer);
  },
};

/** `DELETE /v1/windows/{id}`: the window leaves. One that is not there is no error. */
export const deleteWindowRoute: Route = {
  method: 'DELETE',
  path: '/v1/windows/:id',
  access: 'admin',
  handle: ({ response, params, engine }) => {
    engine.windows?.forget(params.id ?? '');
    response.writeHead(204).end();
  },
};

function parseRegistration(body: unknown) {
  // A missing `settings` means the defaults.
  const { workspace, settings, levels, network, secrets } = requireShape(registration, body);
  return {
    workspace,
    settings: settings ?? {},
    ...(levels && { levels }),
    ...(network && { network }),
    ...(secrets?.forward && { secrets: { forward: secrets.forward } }),
  };
}
