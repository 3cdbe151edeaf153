import { posix, win32 } from 'node:path';

/** Where agents keep their files: all that this room knows of the machine. */
export interface Places {
  /** Home folder of the user. */
  readonly home: string;
  /** Variables by which agents are told to keep their files elsewhere. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
}

/** Joins parts as the platform does. */
export function joinPath({ platform }: Places, ...parts: readonly string[]): string {
  return (platform === 'win32' ? win32 : posix).join(...parts);
}

/** The folder that a variable names, else one in the home folder. */
export function findFolder(places: Places, variable: string, ...usual: readonly string[]): string {
  return places.env[variable]?.trim() || joinPath(places, places.home, ...usual);
}
