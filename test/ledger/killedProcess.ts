import { join } from "node:path";
import { beforeEach } from "vitest";
import type { Host } from "../../provider/executor/host";
import { readLedger } from "../../provider/ledger/ledger";
import type { LedgerLine } from "../../provider/ledger/line";
import { readPlace } from "../../provider/ledger/place";
import type { Session } from "../../provider/lifecycle/session";
import { session } from "../lifecycle/session";
import { temporaryFolder } from "../temporaryFolder";

export type Kept = "with a ledger" | "without one";

/** Where the ledger is; new for each test. */
export const ledger = { path: "" };

export function useLedger(): void {
	beforeEach(() => {
		ledger.path = join(temporaryFolder("ledger"), "ledger.jsonl");
	});
}

/** A provider process of a stack. */
export function startProcess(kept: Kept, change?: (host: Host) => void): Session {
	const started = session(change);
	if (kept === "with a ledger")
		started.configure((key) => (key === "storageReplication:journal" ? ledger.path : undefined));
	return started;
}

export const told = (): readonly LedgerLine[] => readLedger(readPlace(ledger.path)).lines;

/** Never returns: nothing hears the answer of the call that it is in, nothing is saved. */
export type Die = () => Promise<never>;

/** Runs until a host's call dies, and then no more. */
export function killedIn(
	kept: Kept,
	run: (session: Session) => Promise<unknown>,
	change: (host: Host, die: Die) => void,
): Promise<void> {
	return new Promise((resolve, reject) => {
		const die: Die = () => {
			resolve();
			return new Promise(() => {});
		};
		run(startProcess(kept, (host) => change(host, die))).then(() => reject(new Error("it was not killed")), reject);
	});
}
