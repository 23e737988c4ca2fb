import type { Desired, Observed } from "./situation";

const mirrorStates: readonly Desired["state"][] = [
	"active",
	"suspended",
	"reversed",
	"failedOver",
	"split",
	"absent",
	"operation",
];
const snapshotStates: readonly Desired["state"][] = ["active", "inactive", "absent", "operation"];
const cloneStates: readonly Desired["state"][] = ["active", "suspended", "detached", "absent", "operation"];

/** The operations that only a group knows. */
const ofGroups: readonly string[] = ["ActivateConsistency", "AddSyncPair", "DeactivateConsistency", "RemoveSyncPair"];
/** A copy has no roles, no modes, and is in no group. */
const neverOfCopies: readonly string[] = [
	...ofGroups,
	"Failover",
	"Failback",
	"ResetToSync",
	"ResetToAsync",
	"ReverseRoles",
];

/** Why a wish cannot be one for this kind of relationship, or null (copies-and-groups.md §1.4, §3). */
export function unfit(desired: Desired, subject: Observed["subject"] = "pair"): string | null {
	const { kind = "Mirror", state, by, operation } = desired;
	const isMirror = kind === "Mirror";
	if (subject === "group" && !isMirror) return `a group is a Mirror, and a ${kind} of one is not planned for`;
	const states = isMirror ? mirrorStates : kind === "Snapshot" ? snapshotStates : cloneStates;
	if (!states.includes(state))
		return `a ${kind} cannot be ${state}; it can be ${states.filter((name) => name !== "operation").join(", ")}`;
	if (isMirror && (desired.retake === true || desired.restore === true))
		return "a Mirror has no point in time: retake and restore are for copies";
	if (by === "ReturnToResourcePool" && kind !== "Snapshot")
		return `ReturnToResourcePool deletes a Snapshot's disk, and this is a ${kind}`;
	if (subject === "pair" && (desired.consistency !== undefined || desired.pairs !== undefined))
		return "consistency and pairs are wishes for a group, and this is a pair";
	if (operation === undefined) return null;
	if (subject === "pair" && ofGroups.includes(operation)) return `${operation} is for groups, and this is a pair`;
	if (!isMirror && neverOfCopies.includes(operation)) return `${operation} is never issued to a ${kind}`;
	if (operation === "Suspend" && kind === "Snapshot") return "a Snapshot has no copy under way that could be suspended";
	if (operation === "ReturnToResourcePool" && kind !== "Snapshot")
		return `ReturnToResourcePool deletes a Snapshot's disk, and this is a ${kind}`;
	return null;
}

/** What to do about a wish that is unfit. */
export function insteadOfUnfit({ kind = "Mirror", operation }: Desired, subject: Observed["subject"] = "pair"): string {
	if (subject === "group" && kind !== "Mirror") return "declare a copy of each disk, or use the array's own tools";
	return operation === undefined
		? "declare a state that it has"
		: "docs/operations.md has a table of what can be asked of a mirror, a copy and a group";
}
