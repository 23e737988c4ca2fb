import type { Ledger } from "../ledger";

/** Loaded when first needed: most stacks keep none, and every provider process pays for loading. */
export const loadLedger = () => import("../ledger/index.js");

/** The ledger at the place that `storageReplication:journal` names. */
export async function openLedger(place: string, nowMs: number): Promise<Ledger> {
	const { Ledger, readPlace } = await loadLedger();
	return new Ledger(readPlace(place), nowMs);
}
