import type { Database } from '../tables/database.ts';

/** Whether a notice (e.g. `daily:2026-11-22:80`) was shown or silenced before. */
export function isNoticeMarked(db: Database, key: string): boolean {
  return db.get('SELECT 1 FROM notice WHERE key = ?', key) !== undefined;
}

/** Remembers a notice; `markedAt` is epoch ms. */
export function markNotice(db: Database, key: string, markedAt: number): void {
  db.run('INSERT OR IGNORE INTO notice (key, marked_at) VALUES (?, ?)', key, markedAt);
}

/** The notices that were marked and begin with a text. */
export function listNotices(db: Database, prefix: string): string[] {
  const sql = 'SELECT key FROM notice WHERE key >= ?1 AND substr(key, 1, length(?1)) = ?1';
  return db.all<{ key: string }>(sql, prefix).map(({ key }) => key);
}
