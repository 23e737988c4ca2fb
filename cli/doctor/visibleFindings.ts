import type { DiskFact, HostObservation } from "../../provider/executor/host";
import { observationOf } from "../../provider/hosts/powershell/observation";
import { arraysIn } from "../../provider/hosts/report/recordHost";
import type { HostRecord } from "../../provider/hosts/report/report";
import { synchronizedSyncMode } from "../../provider/model/vocabulary/relationship";
import { type Finding, ok, stop, warning } from "./finding";

type Observation = Extract<NonNullable<HostRecord["observation"]>, { ok: true }>["value"];

/** Disks and relationships that this host shows, and what about them an update should not meet unprepared. */
export function visibleFindings(rows: Observation): Finding[] {
	const observation = observationOf(rows);
	return [
		disksFinding(observation.disks),
		relationshipsFinding(observation.relationships),
		...rolesFindings(observation.relationships),
		...groupFindings(observation),
		...twiceFindings(rows.disks),
		...clockFindings(observation),
		...observation.unread.map((part) =>
			warning(
				"not read",
				part.what,
				part.hides === "relationship" ? "refresh the array's provider (Update-StorageProviderCache)." : part.remedy,
			),
		),
	];
}

function disksFinding(disks: readonly DiskFact[]): Finding {
	const arrays = arraysIn(disks);
	const onArrays = arrays.length === 0 ? "" : ` on ${arrays.join(", ")}`;
	if (disks.length > 0) return ok("disks", `${disks.length} virtual disks visible${onArrays}`);
	const remedy =
		"see providers and subsystems above: without a provider, with another user's registration or before a discovery there is none; else check that the account may read.";
	return stop("disks", "no virtual disk is visible", remedy);
}

function relationshipsFinding({ length }: HostObservation["relationships"]): Finding {
	if (length > 0) return ok("relationships", `${length} visible`);
	const remedy =
		"nothing, if they are still to be made; otherwise refresh the provider (Update-StorageProviderCache) and check its support for replication.";
	return warning("relationships", "none visible", remedy);
}

function rolesFindings(relationships: HostObservation["relationships"]): Finding[] {
	const silent = relationships.filter(({ role }) => role === "unknown").length;
	if (silent === 0) return [];
	const text = `${silent} relationships do not say which end is the source (MSFT_ReplicaPeer.IsPrimary)`;
	return [warning("roles", text, "make sure that the host of the other end is configured too: it may know.")];
}

/** Arrays keep the disks of a group alike: SRDF does not move one of them alone. */
function groupFindings({ disks, groups = [], groupRelationships = [] }: HostObservation): Finding[] {
	return groups
		.filter(({ members }) => members.length > 0)
		.map((group) => {
			const names = group.members.map((member) => {
				const disk = disks.find(({ objectId }) => objectId === member);
				return disk === undefined ? `${member} (not listed)` : nameOf(disk);
			});
			const isRelated = groupRelationships.some(({ groupObjectId }) => groupObjectId === group.objectId);
			const text = `in group ${nameOf(group)}, which is in ${isRelated ? "a" : "no"} relationship: ${names.join(", ")}`;
			const remedy =
				"steer the group and not one of its disks alone, which arrays may refuse; or take the disk out of the group.";
			return warning("replication groups", text, remedy);
		});
}

function nameOf({ friendlyName, uniqueId }: Pick<DiskFact, "friendlyName" | "uniqueId">): string {
	return friendlyName || uniqueId;
}

/** One disk through two providers is legal: then its UniqueId is the same and its ObjectId is not (windows-driver-docs). */
function twiceFindings(disks: Observation["disks"]): Finding[] {
	const namesById = new Map<string, string[]>();
	for (const [objectId, uniqueId, friendlyName] of disks) {
		if (!uniqueId) continue;
		const names = namesById.get(uniqueId.toUpperCase()) ?? [];
		namesById.set(uniqueId.toUpperCase(), [...names, friendlyName || objectId || uniqueId]);
	}
	return [...namesById]
		.filter(([, names]) => names.length > 1)
		.map(([id, names]) =>
			warning(
				"UniqueIds",
				`${id} is seen ${names.length} times, as ${names.join(" and ")}`,
				"if two providers show one disk, let this account see one of them; if two disks have one UniqueId, ask the vendor: a disk is known by it.",
			),
		);
}

function clockFindings({ hostTime, relationships }: HostObservation): Finding[] {
	const ahead = relationships.filter(
		({ syncMode, syncTime, lagSeconds }) =>
			hostTime !== null && syncMode === synchronizedSyncMode.Asynchronous && syncTime !== null && lagSeconds === null,
	);
	if (ahead.length === 0) return [];
	const text = `SyncTime of ${ahead.length} relationships is ahead of the host's clock, so their lag is unknown`;
	return [warning("SyncTime", text, "synchronize the clocks of the host and the array.")];
}
