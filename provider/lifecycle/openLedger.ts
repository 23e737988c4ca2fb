import type { Ledger } from "../ledger";
import { ReplicationError } from "../model/replicationError";

/** Loaded when first needed: most stacks keep none, and every provider process pays for loading. */
export const loadLedger = () => import("../ledger/index.js");

/** The ledger at the place that `storageReplication:journal` names. */
export async function openLedger(place: string, nowMs: number): Promise<Ledger> {
	const { Ledger, ledgerUnusable, readPlace } = await loadLedger();
	try {
		return new Ledger(readPlace(place), nowMs);
	} catch (error) {
		throw error instanceof ReplicationError ? error : ledgerUnusable("read", error);
	}
}
