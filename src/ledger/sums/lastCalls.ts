import type { Database } from '../tables/database.ts';
import { bucketMs } from '../tables/schema.ts';

/** When each agent's newest call was made, epoch ms. Where only sums are left, the beginning of its quarter of an hour. */
export function readLastCalls(db: Database): Map<string, number> {
  const buckets = db.all<{ agent: string; bucket: number }>(
    `SELECT f.agent, max(r.bucket) AS bucket FROM (SELECT facet, max(bucket) AS bucket FROM rollup GROUP BY facet) r
     JOIN facet f ON f.id = r.facet WHERE f.agent IS NOT NULL GROUP BY f.agent`,
  );
  const newest = (agent: string, bucket: number): number =>
    db.get<{ last: number | null }>(
      `SELECT max(c.timestamp) AS last FROM call c JOIN facet f ON f.id = c.facet
       WHERE c.timestamp >= ? AND c.timestamp < ? AND f.agent = ?`,
      bucket * bucketMs,
      (bucket + 1) * bucketMs,
      agent,
    )?.last ?? bucket * bucketMs;
  return new Map(buckets.map(({ agent, bucket }) => [agent, newest(agent, bucket)]));
}
