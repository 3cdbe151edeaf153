import type { Access } from '../engine.ts';
import { digestToken } from '../http/access.ts';
import type { Token } from '../http/storedToken.ts';
import type { Ledgers } from '../ledgers/ledgers.ts';
import type { LiveLedger } from '../ledgers/liveLedger.ts';

/** The windows' token does everything, a scraper's reads metrics; an ingest token reads and writes its own ledger. All are compared, always. */
export function createAuthentication(
  adminToken: Token,
  scraperToken: Token,
  machine: LiveLedger,
  ledgers: Pick<Ledgers, 'list'>,
): (tokens: readonly string[]) => Access | null {
  const admin: Access = { isAdmin: true, ledger: machine };
  const scraper: Access = { isAdmin: false, isScraper: true, ledger: machine };
  return tokens => {
    const granted = tokens.map(digestToken).flatMap(token => [
      ...(adminToken.fits(token) ? [admin] : []),
      ...(scraperToken.fits(token) ? [scraper] : []),
      ...ledgers
        .list()
        .filter(live => live.token.fits(token))
        .map(ledger => ({ isAdmin: false, ledger })),
    ]);
    return granted[0] ?? null;
  };
}
