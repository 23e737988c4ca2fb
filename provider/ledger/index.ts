export { killedRunIn, withKilledRun } from "./killedRun";
export { Ledger } from "./ledger";
export { isOfPair } from "./pair";
export { readPlace } from "./place";
export { ledgerUnusable, momentOf, RunOnLedger } from "./runOnLedger";
export { type LedgerRun, runsIn } from "./runs";
export { whoIn } from "./who";
