import type { End } from "../model/relationship";
import { ReplicationError } from "../model/replicationError";
import type { Step } from "../planner/plan";
import type { Declared } from "./declared";
import type { Hosts } from "./hosts";
import { observeRelationship } from "./observeRelationship";
import type { SeenPair, Sighting } from "./sighting";

/**
 * Pairs that RemoveSyncPair took out of their group and that no host lists in a relationship after it: the plan said that
 * they stay related, and nobody would look again. Who is in the group is all that proves the step. Of a pair that cannot
 * be read nothing is told.
 */
export async function endedByRemoval(
	step: Step,
	{ group }: Sighting,
	declared: Declared,
	hosts: Hosts,
): Promise<readonly string[]> {
	if (step.kind !== "operation" || step.operation !== "RemoveSyncPair") return [];
	const left = (group?.members ?? []).filter(({ id }) => step.pairs?.includes(id) === true);
	const ended: string[] = [];
	for (const pair of left) if (await isEnded(pair, declared, hosts)) ended.push(pair.id);
	return ended;
}

async function isEnded({ sighting }: SeenPair, { ends, lost, hideNames }: Declared, hosts: Hosts): Promise<boolean> {
	if (sighting === null) return false;
	const { disks, ids } = sighting;
	const placed = (end: End) => ({
		host: ends[end].host,
		virtualDisk: disks[end]?.objectId ?? ids[end] ?? "",
	});
	try {
		const seen = await observeRelationship(
			{
				ends: { source: placed("source"), target: placed("target") },
				lost,
				knownIds: ids,
				anyRoles: true,
				...(hideNames === true ? { hideNames } : {}),
			},
			hosts,
			"fresh",
		);
		return seen.observed.presence === "absent";
	} catch (error) {
		if (error instanceof ReplicationError) return false;
		throw error;
	}
}
