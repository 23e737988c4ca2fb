import type { DeclaredGroup } from "../executor/oneGroup";
import type { SentGroupCall } from "../executor/sentGroupCall";
import { type GroupCall, groupMethods } from "../planner/groupMembership";
import { callsBegun } from "./killedRun";
import type { LineOf } from "./line";
import type { LedgerRun } from "./runs";

/** Whether a run was one of this group: by its id where both know it, else by its names, else by the resource. */
export function isOfGroup(
	{ group, urn }: LineOf<"runStarted">,
	{ urn: asked, declared }: { readonly urn: string; readonly declared: DeclaredGroup },
): boolean {
	if (group === undefined) return false;
	const { knownId, host, storageSubsystem, friendlyName } = declared;
	const same = (one: string, other: string) => one.toLowerCase() === other.toLowerCase();
	if (knownId !== null && group.id != null) return same(knownId, group.id);
	if (group.storageSubsystem === undefined || group.friendlyName === undefined) return asked !== "" && urn === asked;
	return (
		group.host === host && same(group.storageSubsystem, storageSubsystem) && same(group.friendlyName, friendlyName)
	);
}

/** The last call that a run of the group may have sent and whose end nobody saved; null: there is none. */
export function killedGroupRunIn(
	runs: readonly LedgerRun[],
	urn: string,
): { readonly run: string; readonly sent: SentGroupCall } | null {
	for (const run of runs.toReversed()) {
		// What finished was looked at to its end, whoever had begun it.
		if (run.ended !== null && run.ended.stop === null) return null;
		const last = callsBegun(run).at(-1);
		if (last === undefined) continue;
		const { operation, leadsTo } = last.started;
		const kind = kinds.find((each) => groupMethods[each] === operation);
		if (kind === undefined || leadsTo === undefined) return null;
		const { at: sentAt } = last.ended ?? last.started;
		return { run: run.started.run, sent: { kind, leadsTo, sentAt, isOthers: run.started.urn !== urn } };
	}
	return null;
}

const kinds: readonly GroupCall["kind"][] = ["create", "add", "remove", "delete"];
