/**
 * The folder of a workspace's storage, whichever window of it asks. VS Code hands out `<id>-1` while `<id>` is locked by another
 * window of the same workspace, or by the host that a reload is ending; the ledger must not change with that. An id is an MD5 on
 * the desktop (32 hex digits) and a signed 32-bit hash in a remote or browser window (`6772c22d`, `-6c8c1dbe`).
 */
export function computeWorkspaceStorage(folder: string): string {
  return folder.replace(/([\\/]workspaceStorage[\\/])(-?[0-9a-f]{1,8}|[0-9a-f]{32})-\d+(?=[\\/]|$)/i, '$1$2');
}
