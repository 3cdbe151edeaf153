/**
 * VS Code hands out the storage folder `<id>-1` while `<id>` is locked by another window of the same workspace, or by the host
 * that a reload is ending. An id is an MD5 on the desktop (32 hex digits) and, below `workspaceStorage`, a signed 32-bit hash in a
 * remote or browser window (`6772c22d`, `-6c8c1dbe`).
 */
const suffixed = /((?:^|[\\/])[0-9a-f]{32}|[\\/]workspaceStorage[\\/]-?[0-9a-f]{1,8})-\d+(?=[\\/]|$)/gi;

/** The folder of a workspace's ledger, whichever window of it asks (docs/architecture.md, "Durability"). */
export function normalizeWorkspaceStorage(storage: string): string {
  return storage.replace(suffixed, '$1');
}
