import type { Diagnostics } from '../../../src/api/contract.ts';
import type { Editor } from './editor.ts';
import { callEndpoint, type Endpoint } from './endpoint.ts';

/** One line of the versions that are at work. */
export async function readVersions({ version: vscode }: Editor, endpoint: Endpoint): Promise<string> {
  const { version, node, sqlite, prices } = await callEndpoint<Diagnostics>(endpoint, '/v1/diagnostics');
  return `Spend Lens ${version} · VS Code ${vscode} · Node ${node.replace(/^v/, '')} · SQLite ${sqlite} · prices ${prices}`;
}
