/** The import of what agents left on disk, in the HTTP interface (docs/http-api.md). Types only. */

/** A folder in which an agent keeps transcripts. */
export interface TranscriptFolder {
  readonly agent: string;
  readonly folder: string;
  readonly files: number;
  readonly bytes: number;
}

/** Answer of `GET /v1/import`; `changed_files` were not imported yet as they are now. */
export interface FoundTranscripts {
  readonly folders: readonly (TranscriptFolder & { readonly changed_files: number })[];
}

/** What an import did, also the line that the command line prints. */
export interface ImportSummary {
  /** Transcripts looked at. */
  readonly files: number;
  /** Calls read; each is `new` or one of the `duplicates`. */
  readonly records: number;
  readonly new: number;
  readonly duplicates: number;
  /** Damaged lines and entries, and files that could not be read. */
  readonly skipped: number;
}

/** A line of the answer of `POST /v1/import`: `found` first, `done` or `failed` last. */
export type ImportEvent =
  | { readonly type: 'found'; readonly folders: readonly TranscriptFolder[] }
  | ({
      readonly type: 'progress';
      readonly agent: string;
      readonly files_read: number;
      readonly files_to_read: number;
      readonly bytes_read: number;
      readonly bytes_to_read: number;
    } & ImportSummary)
  | ({ readonly type: 'done' } & ImportSummary)
  | { readonly type: 'failed'; readonly detail: string };
