/** What a team's sums are narrowed by, and grouped by. */
export const teamFilterKeys = ['team', 'project', 'user_id', 'model'] as const;
export type TeamFilterKey = (typeof teamFilterKeys)[number];

/** What a team's sums can be grouped by; stretches of time are the zone's, and a week is called by its Monday. */
export const teamKeys = [...teamFilterKeys, 'hour', 'day', 'week', 'month'] as const;
export type TeamKey = (typeof teamKeys)[number];
