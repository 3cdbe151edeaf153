import { join } from 'node:path';

/** The statements that make the tables. The build puts the file beside the bundle, as it is beside this source. */
export const schemaPath: string = join(import.meta.dirname, 'schema.sql');
