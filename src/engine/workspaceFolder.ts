/**
 * The folder of a workspace's ledger. VS Code may hand a window the storage folder `<32 hex>-1` while `<32 hex>` is still
 * locked by the extension host that is going away: both mean the folder without that suffix (docs/architecture.md, "Durability").
 */
export function normalizeWorkspaceStorage(storage: string): string {
  return storage.replace(/(^|[\\/])([0-9a-f]{32})-\d+(?=[\\/]|$)/gi, '$1$2');
}
