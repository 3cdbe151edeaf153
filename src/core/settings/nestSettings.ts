import type { Settings } from '../../contributions.ts';

/** The nested form of settings, as a settings file holds it and as windows send it: the inverse of {@link parseSettings}. */
export function nestSettings(flat: Partial<Settings>): Record<string, unknown> {
  const nested: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(flat)) {
    const [section, name] = key.split('.');
    if (section === undefined || value === undefined) {
      continue;
    }
    if (name === undefined) {
      nested[section] = value;
    } else {
      nested[section] = { ...(nested[section] as object | undefined), [name]: value };
    }
  }
  return nested;
}
